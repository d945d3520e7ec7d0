import type { Dashboard } from '../core/dashboard.ts'
import type { Config } from './config.ts'
import { publicUrl } from './public-url.ts'

const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')

/** Where the dashboard is; `port` is the bound one, known once the service listens. */
export const dashboardPlace = (
  config: Pick<Config, 'DASHBOARD_URL' | 'PUBLIC_URL' | 'SIGN_UP'>,
  o: { port: () => number; mail: boolean },
): Dashboard => {
  const configured = config.DASHBOARD_URL || config.PUBLIC_URL
  return {
    url: () => configured || publicUrl(config, o.port()),
    isAt: (origin) => {
      if (configured !== '') return origin === configured
      const { hostname, port } = new URL(origin)
      return isLoopback(hostname) && Number(port) === o.port()
    },
    signUp: config.SIGN_UP,
    mail: o.mail,
  }
}
