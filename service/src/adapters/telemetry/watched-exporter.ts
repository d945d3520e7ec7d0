import { ExportResultCode } from '@opentelemetry/core'
import type { SpanExporter } from '@opentelemetry/sdk-trace-base'
import type { Logger } from '../../core/ports/logger.ts'
import type { Metrics } from '../../core/ports/metrics.ts'

/** The same exporter, with a count of sent and failed spans, and a log line when exports start to fail or recover. */
export const watchedExporter = (
  inner: SpanExporter,
  { metrics, log }: { metrics: Metrics; log: Logger },
): SpanExporter => {
  let failing = false
  return {
    export: (spans, done) => {
      inner.export(spans, (result) => {
        const sent = result.code === ExportResultCode.SUCCESS
        metrics.count('trace_spans', { outcome: sent ? 'sent' : 'failed' }, spans.length)
        if (!sent && !failing) log.warn('traces cannot be exported', { error: result.error })
        if (sent && failing) log.info('traces are exported again')
        failing = !sent
        done(result)
      })
    },
    shutdown: () => inner.shutdown(),
    forceFlush: async () => inner.forceFlush?.(),
  }
}
