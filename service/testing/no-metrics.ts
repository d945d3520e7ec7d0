import type { Metrics } from '../src/core/ports/metrics.ts'

/** Metrics that are discarded. */
export const noMetrics: Metrics = { count: () => undefined, observe: () => undefined, gauge: () => undefined }
