import type { Site } from '../core/site.ts'
import { type CliCommand, text, texts, UsageError } from './cli-command.ts'
import { operate } from './operate.ts'

/** One setting a line, as `site update --set` takes it: `words.held=["casino"]`. */
const lines = (settings: object, prefix = ''): string[] =>
  Object.entries(settings).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? lines(value, `${prefix}${name}.`)
      : [`${prefix}${name}=${JSON.stringify(value)}`],
  )

const printSite = (site: Site, print: (line: string) => void): void => {
  print(`key      ${site.publicKey}`)
  print(`name     ${site.name}`)
  for (const origin of site.origins) print(`origin   ${origin}`)
  for (const line of lines(site.settings)) print(`setting  ${line}`)
}

export const siteShow: CliCommand = {
  usage: 'KEY',
  summary: 'show a site with all its settings',
  details: ['KEY   the public key of the site'],
  flags: {},
  argCount: { min: 1, max: 1 },
  run: async ({ config, args, print }) => {
    printSite((await operate(config, 'site.show', { site: args[0] ?? '' })) as Site, print)
    return 0
  },
}

/** `name=value` with the value as JSON, or as text where it is none. */
const parseSetting = (given: string): { path: string[]; value: unknown } => {
  const at = given.indexOf('=')
  if (at < 1) throw new UsageError(`--set ${given.slice(0, 40)}: expected NAME=VALUE`)
  const raw = given.slice(at + 1)
  try {
    return { path: given.slice(0, at).split('.'), value: JSON.parse(raw) }
  } catch {
    return { path: given.slice(0, at).split('.'), value: raw }
  }
}

/** The settings to change; a setting within another changes only that part of it. */
const changedSettings = (site: Site, given: readonly string[]): Record<string, unknown> => {
  const changed: Record<string, unknown> = {}
  for (const { path, value } of given.map(parseSetting)) {
    const [name = '', part, ...rest] = path
    if (rest.length > 0) throw new UsageError(`--set ${path.join('.')}: no such setting`)
    const before = changed[name] ?? site.settings[name as keyof Site['settings']]
    changed[name] = part === undefined ? value : { ...(before as object), [part]: value }
  }
  return changed
}

export const siteUpdate: CliCommand = {
  usage: 'KEY [--name NAME] [--origin ORIGIN …] [--set SETTING=VALUE …]',
  summary: 'change the name, the origins or any setting of a site',
  details: [
    'KEY               the public key of the site',
    '--name NAME       the new name',
    '--origin ORIGIN   replaces all origins; give it once for each',
    '--set NAME=VALUE  a setting as `site show` prints it, such as premoderation=first or links.hold=5',
  ],
  flags: {
    name: { type: 'string' },
    origin: { type: 'string', multiple: true },
    set: { type: 'string', multiple: true },
  },
  argCount: { min: 1, max: 1 },
  run: async ({ config, flags, args, print }) => {
    const key = args[0] ?? ''
    const name = text(flags.name)
    const origins = texts(flags.origin)
    const given = texts(flags.set)
    if (name === undefined && origins.length === 0 && given.length === 0)
      throw new UsageError('nothing to change: give --name, --origin or --set')
    const before = (await operate(config, 'site.show', { site: key })) as Site
    const site = (await operate(config, 'site.update', {
      site: key,
      ...(name !== undefined && { name }),
      ...(origins.length > 0 && { origins }),
      ...(given.length > 0 && { settings: changedSettings(before, given) }),
    })) as Site
    printSite(site, print)
    return 0
  },
}
