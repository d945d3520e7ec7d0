import { type ErrorCode, ReparteeError } from '@repartee/sdk'

/** The code of an error of the client. Any other error is a bug of ours. */
export const codeOf = (error: unknown): ErrorCode => (error instanceof ReparteeError ? error.code : 'internal')
