import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// A stand-in for a node, in its own process so that it can be killed and frozen. A request about the thread `held` is
// read and never answered; a line is printed when one arrives. The argument is the backlog: the most connections that
// wait to be accepted.
const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    if (request.url?.includes('/threads/held/')) process.stdout.write('held\n')
    else response.end('lone')
  })
})
server.listen({ port: 0, host: '127.0.0.1', backlog: Number(process.argv[2] ?? 511) }, () =>
  process.stdout.write(`127.0.0.1:${(server.address() as AddressInfo).port}\n`),
)
