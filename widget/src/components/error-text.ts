import type { ErrorCode } from '@repartee/sdk/protocol'
import type { Messages } from '../i18n/messages.ts'

/** The text for whatever was thrown; what carries no code of ours is a request that did not get through. */
export const textOf = (error: unknown, messages: Messages): string => messages.errors[codeOf(error)]

/** The code of whatever was thrown. */
export const codeOf = (error: unknown): ErrorCode => (error as { code?: ErrorCode }).code ?? 'unavailable'
