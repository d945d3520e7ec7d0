/** Attributes of a span; never what people wrote, who they are or where they come from. */
export type SpanAttributes = Readonly<Record<string, string | number>>

/** A reference to a span (W3C Trace Context). */
export type SpanRef = { readonly traceId: string; readonly spanId: string; readonly traceFlags: number }

export type Span = {
  /** `null` when tracing is off. */
  readonly traceId: string | null
  set(attributes: SpanAttributes): void
  /** Mark it as failed by a fault of the service. A rejection does this by itself. */
  fail(code: string): void
}

export type SpanOptions = {
  /** An incoming request. */
  readonly kind?: 'server'
  readonly attributes?: SpanAttributes
  /** The parent, if not the current span; `null` starts a trace. */
  readonly parent?: SpanRef | null
  /** The incoming `traceparent` header; a malformed one is ignored. */
  readonly traceparent?: string
  /** Spans of other traces this work also serves. */
  readonly links?: readonly SpanRef[]
}

/** Records nested spans of work. */
export type Tracer = {
  /** Run a function as a child of the current span. Its result or error passes through. */
  span<T>(name: string, options: SpanOptions, run: (span: Span) => T): T
  /** The current span. */
  current(): SpanRef | null
}

/** Records nothing; used when tracing is off. */
export const noTracer: Tracer = {
  span: (_name, _options, run) => run({ traceId: null, set: () => undefined, fail: () => undefined }),
  current: () => null,
}
