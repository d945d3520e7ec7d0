import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below the range for outgoing connections, one of which could take the port while its server is stopped. */
const FIRST = 15_000
const COUNT = 16_000
const MAX_TRIES = 50

/** A free port of 127.0.0.1, for a server that must restart on the same port. */
export const freePort = async (): Promise<number> => {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const port = FIRST + Math.floor(Math.random() * COUNT)
    const server = createServer()
    try {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    } catch {
      continue
    }
    server.close()
    await once(server, 'close')
    return port
  }
  throw new Error('no free port found')
}
