import type * as UwsModule from 'uWebSockets.js'
import { createRequire } from 'node:module'

type Uws = typeof UwsModule & {
  /** Refuse a port that is in use instead of sharing it; missing in the package's typings (uSockets' option 1). */
  readonly LIBUS_LISTEN_EXCLUSIVE_PORT: 1
}

/** Listen on an address that no other process listens on. Resolves to the token and the port. */
export const listenExclusively = (
  uws: Uws,
  app: UwsModule.TemplatedApp,
  host: string,
  port: number,
): Promise<{ token: UwsModule.us_listen_socket; port: number }> =>
  new Promise((resolve, reject) => {
    // An overload that is missing in the package's typings.
    const listen = app.listen as unknown as (
      host: string,
      port: number,
      options: number,
      callback: (token: UwsModule.us_listen_socket | false) => void,
    ) => void
    listen.call(app, host, port, uws.LIBUS_LISTEN_EXCLUSIVE_PORT, (token) => {
      if (token === false)
        reject(
          new Error(
            `cannot listen on ${host}:${port}: the port is taken, or this machine does not have the address; set PORT or HOST`,
          ),
        )
      else resolve({ token, port: uws.us_socket_local_port(token as unknown as UwsModule.us_socket) })
    })
  })

/**
 * Load the native module, or throw an error that an operator can act on: its binaries need glibc ≥ 2.27 on Node 20 and
 * ≥ 2.38 on Node 22 and 24, and there are none for musl.
 */
export const loadUws = (): Uws => {
  // Read by the native module when it loads. Its default of 4 KiB is too little for requests with a few large cookies.
  process.env.UWS_HTTP_MAX_HEADERS_SIZE ??= '16384'
  try {
    return createRequire(import.meta.url)('uWebSockets.js') as Uws
  } catch (cause) {
    throw new Error(
      `uWebSockets.js has no binary that loads here (Node ${process.versions.node}, ${process.platform} ${process.arch}). ` +
        'Use Node 20 on glibc 2.27 or later, or Node 22 or 24 on glibc 2.38 or later (Debian 13, Ubuntu 24.04); Alpine is not supported.',
      { cause },
    )
  }
}
