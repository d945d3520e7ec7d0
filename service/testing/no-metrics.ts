import type { Metrics } from '../src/core/ports/metrics.ts'

/** Metrics nobody looks at. */
export const noMetrics: Metrics = { count: () => undefined, observe: () => undefined, gauge: () => undefined }
