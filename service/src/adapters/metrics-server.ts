import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Serve `/metrics` on a port of its own, so that no proxy publishes it by accident. */
export const startMetricsServer = async (
  { host, port }: { host: string; port: number },
  source: { text: () => Promise<string>; contentType: string },
): Promise<{ port: number; close: () => Promise<void> }> => {
  const server = createServer(async (request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404, { 'content-length': 0 }).end()
      return
    }
    const text = await source.text()
    // Node.js gives no length by itself once the head is written, and writes no body for HEAD.
    response.writeHead(200, { 'content-type': source.contentType, 'content-length': Buffer.byteLength(text) }).end(text)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new Error(
          `cannot listen on ${host}:${port} for metrics: something else does, or that is no address of this machine; METRICS_PORT and METRICS_HOST choose others`,
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
