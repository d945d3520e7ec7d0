#!/usr/bin/env bash
# uWebSockets.js v20.69 (npm `uwebsockets` 3.0.6): three answers to HEAD and GET that no document leads one to expect.
#
# 1. `res.endWithoutBody(11)` in a HEAD handler writes the right Content-Length, but keeps the answer open as if 11 bytes
#    were still to come. The next request on the kept-alive connection is not answered: `onAborted` of the HEAD fires and
#    the connection ends. Behind a proxy that keeps connections to its upstream, one HEAD costs another client its request.
#    Writing the header with `writeHeader` and calling `endWithoutBody()` without arguments answers both.
# 2. `res.endWithoutBody(undefined, true)` sends `Content-Length: 9223372036854775808`, so "no length, but close" cannot be
#    said this way.
# 3. `app.any('/a')` never sees a GET of /a where `app.get('/*')` exists: patterns of the request's own method are searched
#    from the most specific to `/*` first, and only then those of `any`.
#
# Needs Node 20 (glibc 2.27 or later), 22 or 24 (glibc 2.38 or later). Fails if any of this changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-fund --no-audit --save-exact uwebsockets@3.0.6
cat > seen.cjs <<'JS'
const net = require('node:net')
const uws = require('uwebsockets')
let aborted = 0
const app = uws
  .App()
  .head('/with-length', (res) => {
    res.onAborted(() => { aborted += 1 })
    res.endWithoutBody(11)
  })
  .head('/with-header', (res) => res.writeHeader('content-length', '11').endWithoutBody())
  .head('/undefined', (res) => {
    res.onAborted(() => undefined)
    res.endWithoutBody(undefined, true)
  })
  .get('/next', (res) => res.end('next'))
  .any('/a', (res) => res.end('any'))
  .get('/*', (res) => res.end('get /*'))

/** Send requests on one connection, each after the answer to the one before; resolve to all that came until it was quiet. */
const exchange = (port, requests) =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    let text = ''
    let ended = false
    const next = () => {
      const request = requests.shift()
      if (request === undefined) socket.end()
      else socket.write(`${request} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
    }
    socket.on('connect', next)
    socket.on('data', (chunk) => {
      text += chunk
      next()
    })
    socket.on('end', () => { ended = requests.length === 0 })
    socket.on('error', () => undefined)
    socket.on('close', () => resolve({ text, ended }))
  })
const same = (what, got, wanted) => {
  console.log(`${what}: ${JSON.stringify(got)}`)
  if (got !== wanted) { console.error(`  changed: it was ${JSON.stringify(wanted)}`); process.exitCode = 1 }
}
const answers = (text) => (text.match(/HTTP\/1\.1 200/g) ?? []).length
const length = (text) => /content-length: (\d+)/i.exec(text)?.[1]

app.listen('127.0.0.1', 0, async (token) => {
  const port = uws.us_socket_local_port(token)
  const broken = await exchange(port, ['HEAD /with-length', 'GET /next'])
  same('endWithoutBody(11): Content-Length', length(broken.text), '11')
  same('endWithoutBody(11), then GET on the same connection: answers', answers(broken.text), 1)
  same('endWithoutBody(11): the HEAD was aborted afterwards', aborted, 1)
  const whole = await exchange(port, ['HEAD /with-header', 'GET /next'])
  same('header and endWithoutBody(): Content-Length', length(whole.text), '11')
  same('header and endWithoutBody(), then GET: answers', answers(whole.text), 2)
  same('endWithoutBody(undefined, true): Content-Length', length((await exchange(port, ['HEAD /undefined'])).text), '9223372036854775808')
  same('GET /a with any(/a) and get(/*)', (await exchange(port, ['GET /a'])).text.split('\r\n\r\n')[1], 'get /*')
  same('POST /a', (await exchange(port, ['POST /a'])).text.split('\r\n\r\n')[1], 'any')
  uws.us_listen_socket_close(token)
  app.close()
})
JS
echo "uwebsockets $(node -p "require('./node_modules/uwebsockets/package.json').version"), Node $(node --version)"
timeout 60 node seen.cjs
