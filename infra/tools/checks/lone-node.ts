import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// A stand-in for a node that is a process of its own, so that it can be killed and frozen. Comments on the thread `held`
// are read and never answered, and a line says that one is there. An argument bounds the connections nobody accepted yet.
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
