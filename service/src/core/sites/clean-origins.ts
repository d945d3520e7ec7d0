import { ReparteeError } from '@repartee/sdk/protocol'

const MAX_ORIGINS = 100

const isOrigin = (text: string): boolean => {
  if (!/^https?:\/\/[a-z0-9.:[\]-]+$/.test(text) || !URL.canParse(text)) return false
  // Browsers send exactly this spelling: lower case, punycode, no default port, no path.
  return new URL(text).origin === text
}

/** The origins a site may be embedded in, each spelt as browsers send it, or `self`; anything else is refused. */
export const cleanOrigins = (origins: readonly string[]): string[] => {
  const wrong = origins.find((origin) => origin !== 'self' && !isOrigin(origin))
  if (wrong !== undefined)
    throw new ReparteeError(
      'invalid_request',
      `origins: ${wrong.slice(0, 100)} is not like https://host[:port], or self`,
    )
  const unique = [...new Set(origins)]
  if (unique.length > MAX_ORIGINS) throw new ReparteeError('invalid_request', `origins: at most ${MAX_ORIGINS}`)
  return unique
}
