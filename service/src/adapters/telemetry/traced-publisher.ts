import type { Publisher } from '../../core/ports/publisher.ts'
import type { Tracer } from '../../core/tracer.ts'

/** The same publisher with a span per delta while something is traced. */
export const tracedPublisher = (publisher: Publisher, tracer: Tracer): Publisher => ({
  publish: (siteId, delta) => {
    if (tracer.current() === null) return publisher.publish(siteId, delta)
    const attributes = { 'repartee.thread': delta.thread, 'repartee.seq': delta.to }
    tracer.span('publish', { attributes }, () => publisher.publish(siteId, delta))
  },
})
