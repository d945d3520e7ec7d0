import { tracedPublisher } from '../adapters/telemetry/traced-publisher.ts'
import { tracedStore } from '../adapters/telemetry/traced-store.ts'
import type { Logger } from '../core/ports/logger.ts'
import type { Metrics } from '../core/ports/metrics.ts'
import type { Publisher } from '../core/ports/publisher.ts'
import type { Store } from '../core/ports/store.ts'
import { noTracer, type Tracer } from '../core/tracer.ts'
import type { Config } from './config.ts'

/** The tracer, and wrappers that trace a store and a publisher. */
export type Tracing = {
  readonly tracer: Tracer
  store(store: Store): Store
  publisher(publisher: Publisher): Publisher
  /** Send the remaining spans. Takes a few seconds at most and never rejects. */
  close(): Promise<void>
}

/** Start tracing if it is configured. Its packages are loaded only then. */
export const openTracing = async (
  config: Pick<Config, 'OTEL_EXPORTER_OTLP_ENDPOINT'>,
  o: { node: string; metrics: Metrics; log: Logger },
): Promise<Tracing> => {
  const endpoint = config.OTEL_EXPORTER_OTLP_ENDPOINT
  if (endpoint === '')
    return {
      tracer: noTracer,
      store: (store) => store,
      publisher: (publisher) => publisher,
      close: async () => undefined,
    }
  const { startOtlp } = await import('../adapters/telemetry/otlp.ts')
  const { tracer, close } = startOtlp({ ...o, endpoint })
  return {
    tracer,
    store: (store) => tracedStore(store, tracer),
    publisher: (publisher) => tracedPublisher(publisher, tracer),
    close,
  }
}
