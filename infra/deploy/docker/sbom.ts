import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

type Locked = {
  readonly name?: string
  readonly version?: string
  readonly integrity?: string
  readonly license?: string
}
export type Lockfile = { readonly packages: Readonly<Record<string, Locked>> }
type Manifest = { readonly name: string; readonly version: string; readonly license?: string }

export type Part = {
  readonly type: 'library' | 'platform'
  readonly name: string
  readonly version: string
  readonly purl?: string
  readonly licenses?: readonly { readonly expression: string }[]
  readonly hashes?: readonly { readonly alg: 'SHA-512'; readonly content: string }[]
}

/** Packages that are only installed for the build but are part of the scripts of the widget and the dashboard. */
export const COMPILED_IN: readonly string[] = [
  '@floating-ui/core',
  '@floating-ui/dom',
  '@floating-ui/utils',
  '@lucide/svelte',
  '@simplewebauthn/browser',
  '@sveltejs/kit',
  '@tanstack/query-core',
  '@tanstack/svelte-query',
  'bits-ui',
  'esm-env',
  'runed',
  'svelte',
  'svelte-toolbelt',
  'tabbable',
  'uqr',
]

const manifestAt = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest

const library = (name: string, version: string, license: string | undefined, locked: Locked | null): Part => {
  const sha512 = /^sha512-(.+)$/.exec(locked?.integrity ?? '')?.[1]
  return {
    type: 'library',
    name,
    version,
    ...(locked !== null && { purl: `pkg:npm/${name.replace('@', '%40')}@${version}` }),
    ...(license !== undefined && { licenses: [{ expression: license }] }),
    ...(sha512 !== undefined && {
      hashes: [{ alg: 'SHA-512', content: Buffer.from(sha512, 'base64').toString('hex') }],
    }),
  }
}

/** Paths of the packages below a folder, as in a lockfile. Links to workspaces, the product itself, are left out. */
const packagesBelow = (folder: string, path = 'node_modules'): string[] =>
  readdirSync(join(folder, path), { withFileTypes: true }).flatMap((entry) => {
    const inner = `${path}/${entry.name}`
    if (!entry.isDirectory() || entry.name.startsWith('.')) return []
    if (entry.name.startsWith('@')) return packagesBelow(folder, inner)
    const nested = lstatSync(join(folder, inner, 'node_modules'), { throwIfNoEntry: false })?.isDirectory()
    return nested === true ? [inner, ...packagesBelow(folder, `${inner}/node_modules`)] : [inner]
  })

/**
 * Every package in a folder, and what was compiled into its scripts. Throws if a package is not the one that the lockfile
 * pins. A package that came from elsewhere under another name (UWS_SOURCE) is listed without its hash.
 */
export const listParts = (folder: string, lockfile: Lockfile, compiledInto = COMPILED_IN): Part[] => {
  const installed = packagesBelow(folder).map((path) => {
    const { name, version, license } = manifestAt(join(folder, path))
    const locked = lockfile.packages[path]
    if (locked === undefined) throw new Error(`${path} is not in the lockfile`)
    const sameName = name === (locked.name ?? path.replace(/^.*node_modules\//, ''))
    if (sameName && locked.version !== version)
      throw new Error(`${path} is ${version}, the lockfile has ${locked.version}`)
    return library(name, version, license, sameName ? locked : null)
  })
  const compiledIn = compiledInto.map((name) => {
    const locked = lockfile.packages[`node_modules/${name}`]
    if (locked?.version === undefined) throw new Error(`${name} is not in the lockfile`)
    return library(name, locked.version, locked.license, locked)
  })
  return [...installed, ...compiledIn]
}

/** The list as CycloneDX JSON, without a date, so that the same packages give the same list. */
export const renderSbom = (product: Manifest, parts: readonly Part[]): string =>
  JSON.stringify(
    {
      bomFormat: 'CycloneDX',
      specVersion: '1.5',
      version: 1,
      metadata: { component: { type: 'application', name: product.name, version: product.version } },
      components: parts,
    },
    null,
    1,
  )

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [, , folder = '.'] = process.argv
  const lockfile = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lockfile
  const node: Part = { type: 'platform', name: 'node', version: process.versions.node }
  process.stdout.write(renderSbom(manifestAt(folder), [node, ...listParts(folder, lockfile)]))
}
