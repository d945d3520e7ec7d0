import { freePort } from '../servers/free-port.ts'
import { startFront } from './front.ts'
import { startService } from './service.ts'

export type Dev = { readonly url: string; stop(): Promise<void> }

/** The service and the widget, both from source, at one address. Resolves when both answer. */
export const startDev = async (o: {
  /** Folder of the widget. */
  readonly widget: string
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
  const service = startService({ url: `http://127.0.0.1:${port}`, env })
  const front = await startFront({
    widget: o.widget,
    port: o.port,
    service: `http://127.0.0.1:${port}`,
    ready: service.ready,
  }).catch(async (error: unknown) => {
    await service.stop()
    throw error
  })
  await service.ready()
  return {
    url,
    stop: async () => {
      await service.stop()
      await front.close()
    },
  }
}
