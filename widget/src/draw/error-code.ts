import type { ErrorCode } from '@repartee/sdk/protocol'

/** The code of whatever was thrown; what carries none of ours is a request that did not get through. */
export const codeOf = (error: unknown): ErrorCode => (error as { code?: ErrorCode }).code ?? 'unavailable'
