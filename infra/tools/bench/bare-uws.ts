import { loadUws } from '@repartee/service/transport/load-uws'

/*
 * The baseline of the benches: uWebSockets.js and nothing else. Every socket subscribes to one topic. A message is
 * acknowledged to its sender and published to all. Prints its port.
 */
const uws = loadUws()
const app = uws.App()
app.ws('/*', {
  idleTimeout: 60,
  maxBackpressure: 512 * 1024,
  open: (ws) => void ws.subscribe('all'),
  message: (ws, message) => {
    const text = Buffer.from(Buffer.from(message)).toString()
    ws.send('ack')
    app.publish('all', text)
  },
})
app.listen('127.0.0.1', 0, (token) => {
  if (token === false) process.exit(1)
  process.stdout.write(`${uws.us_socket_local_port(token as never)}\n`)
})
