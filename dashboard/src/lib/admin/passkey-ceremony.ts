import { t } from '../i18n/index.ts'
import { Cancelled } from './explain-error.ts'

type Json = Record<string, unknown>

export const hasPasskeys = (): boolean => typeof PublicKeyCredential === 'function'

/** What an authenticator rejects with when somebody closes its window, or takes too long (WebAuthn §5.1.4). */
const isCancelled = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'NotAllowedError' || error.name === 'AbortError')

/** Ask the authenticator to answer a challenge. Rejects with `Cancelled` if nobody did. */
export const usePasskey = async (options: Json): Promise<Json> => {
  const { startAuthentication } = await import('@simplewebauthn/browser')
  return run(() => startAuthentication({ optionsJSON: options as never }))
}

/** Ask the authenticator for a new passkey. */
export const makePasskey = async (options: Json): Promise<Json> => {
  const { startRegistration } = await import('@simplewebauthn/browser')
  return run(() => startRegistration({ optionsJSON: options as never }))
}

const run = async (ceremony: () => Promise<unknown>): Promise<Json> => {
  try {
    return (await ceremony()) as Json
  } catch (error) {
    if (isCancelled(error)) throw new Cancelled(t().common.passkeyCancelled)
    throw error
  }
}
