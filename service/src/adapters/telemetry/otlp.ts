import { AsyncLocalStorage } from 'node:async_hooks'
import { type Context, ROOT_CONTEXT, type SpanContext, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { parseTraceParent } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { errorTable, isErrorCode } from '@repartee/sdk/protocol'
import type { Logger } from '../../core/ports/logger.ts'
import type { Metrics } from '../../core/ports/metrics.ts'
import type { Span, SpanOptions, SpanRef, Tracer } from '../../core/tracer.ts'
import { watchedExporter } from './watched-exporter.ts'

/** One attempt to export, and at the end all of them together, takes at most this. */
const EXPORT_MS = 5_000
/** As long as spans wait to be sent together. */
const BATCH_MS = 2_000

const contextOf = (parent: SpanContext | null): Context =>
  parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent)

/**
 * Only a refusal's code is told: messages and stacks of bugs may hold what people wrote. It is known by its code and not
 * by its class, of which this file, built apart from the rest, has another.
 */
const failureOf = (cause: unknown): string | null => {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null
  if (!isErrorCode(code)) return 'internal'
  return errorTable[code].status >= 500 ? code : null
}

/**
 * A tracer that sends spans to an OpenTelemetry collector over OTLP/HTTP with JSON. Spans wait in a queue of bounded length and are
 * sent in the background; a collector that is away costs those spans and nothing else. What the environment's other
 * OTEL_ variables say of headers, compression, sampling and the resource is the packages' own to read.
 */
export const startOtlp = (o: {
  /** Base of the collector, without /v1/traces. */
  endpoint: string
  /** Names this process among its peers. */
  node: string
  metrics: Metrics
  log: Logger
}): { tracer: Tracer; close: () => Promise<void> } => {
  const exporter = watchedExporter(
    new OTLPTraceExporter({ url: `${o.endpoint.replace(/\/+$/, '')}/v1/traces`, timeoutMillis: EXPORT_MS }),
    o,
  )
  const batches = new BatchSpanProcessor(exporter, {
    scheduledDelayMillis: BATCH_MS,
    exportTimeoutMillis: EXPORT_MS * 2,
  })
  const provider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(resourceFromAttributes({ 'service.name': 'repartee', 'service.instance.id': o.node }))
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [batches],
  })
  const tracer = provider.getTracer('repartee')
  const running = new AsyncLocalStorage<SpanContext>()

  const current = (): SpanRef | null => running.getStore() ?? null

  const parentOf = ({ parent, traceparent }: SpanOptions): SpanContext | null => {
    if (parent !== undefined) return parent
    const remote = traceparent === undefined ? null : parseTraceParent(traceparent)
    return remote === null ? current() : { ...remote, isRemote: true }
  }

  return {
    tracer: {
      current,
      span: (name, options, run) => {
        const { kind, attributes = {}, links = [] } = options
        const span = tracer.startSpan(
          name,
          {
            kind: kind === 'server' ? SpanKind.SERVER : SpanKind.INTERNAL,
            attributes,
            links: links.map((context) => ({ context })),
          },
          contextOf(parentOf(options)),
        )
        const handle: Span = {
          traceId: span.spanContext().traceId,
          set: (more) => void span.setAttributes(more),
          fail: (code) => void span.setAttribute('error.type', code).setStatus({ code: SpanStatusCode.ERROR }),
        }
        const end = (): void => span.end()
        const endFailed = (thrown: unknown): void => {
          const code = failureOf(thrown)
          if (code !== null) handle.fail(code)
          span.end()
        }
        try {
          const result = running.run(span.spanContext(), () => run(handle))
          if (result instanceof Promise) result.then(end, endFailed)
          else end()
          return result
        } catch (thrown) {
          endFailed(thrown)
          throw thrown
        }
      },
    },
    close: async () => {
      // Never rejects for what could not be sent, which was told when it happened.
      await Promise.race([
        provider.shutdown().catch(() => undefined),
        new Promise<void>((resolve) => setTimeout(resolve, EXPORT_MS).unref()),
      ])
    },
  }
}
