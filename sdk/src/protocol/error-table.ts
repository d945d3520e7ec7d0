import { type ErrorCode, errorStatus, ReparteeError } from './errors.ts'

type ErrorRule = {
  /** HTTP status that carries this code. */
  readonly status: number
  /** Whether the same request, unchanged, may succeed later. */
  readonly retryable: boolean
}

/** Every code with its rule. Apart from the codes themselves, so that a browser does not load it. */
export const errorTable = Object.fromEntries(
  (Object.keys(errorStatus) as ErrorCode[]).map((code) => {
    const { status, retryable } = new ReparteeError(code)
    return [code, { status, retryable }]
  }),
) as Readonly<Record<ErrorCode, ErrorRule>>
