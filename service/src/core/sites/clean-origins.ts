import { ReparteeError } from '@repartee/sdk/protocol'

const MAX_ORIGINS = 100

const isOrigin = (text: string): boolean => {
  if (!/^https?:\/\/[a-z0-9.:[\]-]+$/.test(text) || !URL.canParse(text)) return false
  // Browsers send exactly this form: lower case, Punycode, no default port, no path.
  return new URL(text).origin === text
}

/** A site's allowed origins without duplicates. Refuses one that is not `self` or in the form browsers send. */
export const cleanOrigins = (origins: readonly string[]): string[] => {
  const invalid = origins.find((origin) => origin !== 'self' && !isOrigin(origin))
  if (invalid !== undefined)
    throw new ReparteeError(
      'invalid_request',
      `origins: ${invalid.slice(0, 100)} is neither like https://host[:port] nor self`,
    )
  const unique = [...new Set(origins)]
  if (unique.length > MAX_ORIGINS) throw new ReparteeError('invalid_request', `origins: at most ${MAX_ORIGINS}`)
  return unique
}
