/** What spans tell: never what people wrote, who they are or where they come from. */
export type SpanAttributes = Readonly<Record<string, string | number>>

/** A span as others name it (W3C Trace Context). */
export type SpanRef = { readonly traceId: string; readonly spanId: string; readonly traceFlags: number }

export type Span = {
  /** `null` where nothing is traced. */
  readonly traceId: string | null
  set(attributes: SpanAttributes): void
  /** It went wrong by our own fault. A rejection does this by itself. */
  fail(code: string): void
}

export type SpanOptions = {
  /** A request from outside. */
  readonly kind?: 'server'
  readonly attributes?: SpanAttributes
  /** Instead of the span that runs now; `null` begins a trace. */
  readonly parent?: SpanRef | null
  /** The header of that name which came from outside; one that is malformed is ignored. */
  readonly traceparent?: string
  /** Spans of other traces that it is done for as well. */
  readonly links?: readonly SpanRef[]
}

/** Follows what is done, one span inside another. It does nothing where nobody asked for traces. */
export type Tracer = {
  /** Run something as a span inside the one that runs now; what it returns or throws goes through. */
  span<T>(name: string, options: SpanOptions, run: (span: Span) => T): T
  /** The span that runs now. */
  current(): SpanRef | null
}

/** Follows nothing and costs next to nothing: what there is unless somebody asked for traces. */
export const noTracer: Tracer = {
  span: (_name, _options, run) => run({ traceId: null, set: () => undefined, fail: () => undefined }),
  current: () => null,
}
