import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type HostPage = { readonly html: string; readonly headers?: Readonly<Record<string, string>> }

/** A host's web site on its own origin. Pages may be set after it has started. */
export const startHostSite = async (): Promise<{
  origin: string
  pages: Map<string, HostPage>
  close: () => Promise<void>
}> => {
  const pages = new Map<string, HostPage>()
  const server = createServer((request, response) => {
    const page = pages.get(new URL(request.url ?? '/', 'http://host').pathname)
    response.writeHead(page === undefined ? 404 : 200, { 'content-type': 'text/html; charset=utf-8', ...page?.headers })
    response.end(page?.html ?? 'not found')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pages,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** A plain post with the snippet at its end; `before` pushes the snippet off the screen. */
export const postPage = (o: {
  service: string
  site: string
  before?: string
  attributes?: string
  lang?: string
  head?: string
}): string => `<!doctype html>
<html lang="${o.lang ?? 'en'}"><head><meta charset="utf-8"><title>A post</title><meta name="viewport" content="width=device-width">${o.head ?? ''}</head>
<body><main><h1>A post</h1><p>Some words.</p>${o.before ?? ''}
<script async src="${o.service}/embed.js" data-site="${o.site}" ${o.attributes ?? ''}></script>
<footer>The end</footer></main></body></html>`
