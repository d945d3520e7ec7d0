import { ReparteeError } from '@repartee/sdk/protocol'

/**
 * Whether pages of an origin may use a site. Browsers write an origin in one way only, so origins are compared as
 * strings. `self` stands for the host the request was sent to.
 */
export const isAllowedOrigin = (origins: readonly string[], origin: string, host: string | undefined): boolean => {
  if (origins.includes(origin)) return origin !== 'self'
  return (
    origins.includes('self') &&
    host !== undefined &&
    host !== '' &&
    (origin === `https://${host}` || origin === `http://${host}`)
  )
}

/** Refuse a request from an origin the site does not list. A request without an origin is allowed. */
export const checkOrigin = (origins: readonly string[], origin: string | null, host: string | undefined): void => {
  if (origin === null || isAllowedOrigin(origins, origin, host)) return
  throw new ReparteeError('origin_not_allowed', 'the site does not list this origin')
}
