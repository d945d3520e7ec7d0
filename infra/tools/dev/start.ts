import { freePort } from '../servers/free-port.ts'
import { startDashboard } from './dev-dashboard.ts'
import { startFront } from './front.ts'
import { startService } from './service.ts'

export type Dev = { readonly url: string; stop(): Promise<void> }

/** The service, the widget and the dashboard, all from source, at one address. Resolves when all answer. */
export const startDev = async (o: {
  /** Folder of the widget. */
  readonly widget: string
  /** Folder of the dashboard; without one there is none. */
  readonly dashboard?: string
  readonly port: number
  readonly dataDir: string
}): Promise<Dev> => {
  const url = `http://localhost:${o.port}`
  const port = await freePort()
  const env = {
    HOST: '127.0.0.1',
    PORT: String(port),
    METRICS_PORT: '0',
    PUBLIC_URL: url,
    DATA_DIR: o.dataDir,
    DEMO: 'on',
    // There is no other node to move to.
    DRAIN_MS: '0',
    LOG_LEVEL: 'warn',
  }
  const stops: (() => Promise<void>)[] = []
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).reverse()) await end()
  }
  try {
    const service = startService({ url: `http://127.0.0.1:${port}`, env })
    stops.push(service.stop)
    const dashboard = o.dashboard === undefined ? undefined : await startDashboard(o.dashboard)
    if (dashboard !== undefined) stops.push(dashboard.stop)
    const front = await startFront({
      widget: o.widget,
      port: o.port,
      service: `http://127.0.0.1:${port}`,
      dashboard: dashboard?.url,
      ready: service.ready,
    })
    stops.push(() => front.close())
    await service.ready()
    return { url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
