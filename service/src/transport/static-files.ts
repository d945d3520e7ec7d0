import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { ReparteeError } from '@repartee/sdk/protocol'
import { conditional, entityTag } from './conditional.ts'
import type { HttpReply, HttpRequest } from './http.ts'

/** A folder served under a URL prefix. */
export type StaticRoot = {
  readonly prefix: string
  readonly folder: string
  /** Serve these files and no others. */
  readonly only?: readonly string[]
  /** File names contain a hash of the content, so browsers may keep them forever. */
  readonly immutable: boolean
  /** Other sites may load these files. */
  readonly shared: boolean
  readonly headers?: Readonly<Record<string, string>>
  /**
   * The file that answers paths below the prefix where there is none: an application that reads the path itself. A path
   * whose last part has a dot names a file, and is not found.
   */
  readonly fallback?: string
}

export type StaticFiles = { answer(request: HttpRequest): HttpReply }

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
}

type StoredFile = { readonly body: Buffer; readonly etag: string; readonly headers: Readonly<Record<string, string>> }

const load = async (root: StaticRoot, files: Map<string, StoredFile>): Promise<void> => {
  const names = await readdir(root.folder, { recursive: true, withFileTypes: true })
  for (const entry of names.filter((item) => item.isFile() && (root.only?.includes(item.name) ?? true))) {
    const path = join(entry.parentPath, entry.name)
    const url = root.prefix + path.slice(root.folder.length + 1).replaceAll('\\', '/')
    if (files.has(url)) continue
    const body = await readFile(path)
    files.set(url, {
      body,
      etag: entityTag(body),
      headers: {
        'content-type': types[extname(entry.name)] ?? 'application/octet-stream',
        'cache-control': root.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
        'x-content-type-options': 'nosniff',
        ...(root.shared && { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' }),
        ...root.headers,
      },
    })
  }
}

const namesFile = (path: string): boolean => path.slice(path.lastIndexOf('/')).includes('.')

/**
 * Read the folders into memory, once. A path is looked up as a whole in a table, so none outside the folders exists. Where
 * folders overlap, the first that has a file serves it. `redirects` maps a path to its new location.
 */
export const loadStaticFiles = async (
  roots: readonly StaticRoot[],
  redirects: Readonly<Record<string, string>> = {},
): Promise<StaticFiles> => {
  const files = new Map<string, StoredFile>()
  for (const root of roots) await load(root, files)
  const fallbacks = roots.flatMap(({ prefix, fallback }) =>
    fallback === undefined ? [] : [{ prefix, file: files.get(prefix + fallback) }],
  )
  const fallbackOf = (path: string): StoredFile | undefined =>
    namesFile(path) ? undefined : fallbacks.find(({ prefix }) => `${path}/`.startsWith(prefix))?.file
  return {
    answer: (request) => {
      const target = Object.hasOwn(redirects, request.path) ? redirects[request.path] : undefined
      if (target !== undefined) return { status: 302, headers: { location: target, 'cache-control': 'no-cache' } }
      const { path } = request
      const file = files.get(path.endsWith('/') ? `${path}index.html` : path) ?? fallbackOf(path)
      if (file === undefined) throw new ReparteeError('route_not_found', 'no file at this path')
      return conditional(request, { status: 200, headers: file.headers, body: file.body }, file.etag)
    },
  }
}
