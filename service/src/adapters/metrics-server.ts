import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from '../core/ports/logger.ts'

/** What `/metrics` answers with. */
export type MetricsSource = { readonly contentType: string; text(): Promise<string> }

const empty = (response: ServerResponse, status: number, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { ...headers, 'content-length': 0 }).end()
}

/** Serve `/metrics` on a port of its own, so that no proxy publishes it by accident. */
export const startMetricsServer = async (
  { host, port, log }: { host: string; port: number; log: Logger },
  source: MetricsSource,
): Promise<{ port: number; close: () => Promise<void> }> => {
  const server = createServer(async (request, response) => {
    if (request.url !== '/metrics') return empty(response, 404)
    if (request.method !== 'GET' && request.method !== 'HEAD') return empty(response, 405, { allow: 'GET, HEAD' })
    try {
      const text = await source.text()
      const length = Buffer.byteLength(text)
      // Node.js sets no length by itself once the head is written, and sends no body for HEAD.
      response.writeHead(200, { 'content-type': source.contentType, 'content-length': length }).end(text)
    } catch (error) {
      log.error('the metrics could not be collected', { error })
      empty(response, 500)
    }
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new Error(
          `cannot listen on ${host}:${port} for metrics: the port is taken, or this machine does not have the address; set METRICS_PORT or METRICS_HOST`,
          { cause },
        ),
      ),
    )
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
