import type { Site } from '../core/site.ts'
import { type CliCommand, required, text, texts, UsageError } from './cli-command.ts'
import { operate } from './operate.ts'

const snippet = (base: string, key: string): string =>
  `<script async src="${base}/embed.js" data-site="${key}"></script>`

export const siteCreate: CliCommand = {
  usage: '--name NAME --origin ORIGIN [--origin ORIGIN …] [--key KEY] [--premoderation none|first|all] [--no-guests]',
  summary: 'create a site and print the snippet for its pages',
  details: [
    '--name NAME             the name shown to readers and in the dashboard',
    '--origin ORIGIN         an origin whose pages may embed the site, as browsers send it: https://blog.example',
    '--key KEY               public key for the snippet; default: random',
    '--premoderation WHO     whose comments need approval: none (default), first (new authors), all',
    '--no-guests             do not let readers comment with just a name',
  ],
  flags: {
    name: { type: 'string' },
    origin: { type: 'string', multiple: true },
    key: { type: 'string' },
    premoderation: { type: 'string' },
    'no-guests': { type: 'boolean' },
  },
  argCount: { min: 0, max: 0 },
  run: async ({ config, flags, print }) => {
    const name = required(flags, 'name')
    const origins = texts(flags.origin)
    if (origins.length === 0) throw new UsageError('--origin is required')
    const key = text(flags.key)
    const premoderation = text(flags.premoderation)
    const site = (await operate(config, 'site.create', {
      name,
      origins,
      settings: {
        ...(premoderation !== undefined && { premoderation }),
        ...(flags['no-guests'] === true && { guests: false }),
      },
      ...(key !== undefined && { key }),
    })) as Site & { url: string }
    print(`site ${site.publicKey} created for ${site.origins.join(', ')}`)
    print('')
    print('Paste this where the comments should appear:')
    print(`  ${snippet(site.url, site.publicKey)}`)
    return 0
  },
}

export const siteList: CliCommand = {
  usage: '',
  summary: 'list all sites',
  details: [],
  flags: {},
  argCount: { min: 0, max: 0 },
  run: async ({ config, print }) => {
    const sites = (await operate(config, 'site.list', {})) as Site[]
    if (sites.length === 0) print('no sites yet; create one with: repartee site create --name NAME --origin ORIGIN')
    for (const site of sites) print(`${site.publicKey}\t${site.name}\t${site.origins.join(', ')}`)
    return 0
  },
}
