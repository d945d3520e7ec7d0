import type { Publisher } from '../../core/ports/publisher.ts'
import type { Tracer } from '../../core/tracer.ts'

/** The same publisher, each delta that is part of something traced handed over in a span. */
export const tracedPublisher = (publisher: Publisher, tracer: Tracer): Publisher => ({
  publish: (siteId, delta) => {
    if (tracer.current() === null) return publisher.publish(siteId, delta)
    const attributes = { 'repartee.thread': delta.thread, 'repartee.seq': delta.to }
    tracer.span('publish', { attributes }, () => publisher.publish(siteId, delta))
  },
})
