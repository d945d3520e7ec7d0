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

/** The most time one export may take, and the final export on close. */
const EXPORT_MS = 5_000
/** How long spans wait to be sent in one batch. */
const BATCH_MS = 2_000

const contextOf = (parent: SpanContext | null): Context =>
  parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent)

/**
 * Only an error code is exported, since messages and stacks may contain what people wrote. The error is recognised by
 * its code, because this file is bundled separately and has its own copy of the class.
 */
const failureOf = (cause: unknown): string | null => {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null
  if (!isErrorCode(code)) return 'internal'
  return errorTable[code].status >= 500 ? code : null
}

/**
 * A tracer that sends spans to an OpenTelemetry collector over OTLP/HTTP with JSON. Spans are sent in the background from
 * a queue of bounded length; an unavailable collector costs only spans. The packages themselves read the other OTEL_
 * variables: headers, compression, sampling and the resource.
 */
export const startOtlp = (o: {
  /** The base URL of the collector, without /v1/traces. */
  endpoint: string
  /** Identifies this process among the nodes. */
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
  const active = new AsyncLocalStorage<SpanContext>()

  const current = (): SpanRef | null => active.getStore() ?? null

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
          const result = active.run(span.spanContext(), () => run(handle))
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
      // Never rejects: a failed export has been logged when it happened.
      await Promise.race([
        provider.shutdown().catch(() => undefined),
        new Promise<void>((resolve) => setTimeout(resolve, EXPORT_MS).unref()),
      ])
    },
  }
}
