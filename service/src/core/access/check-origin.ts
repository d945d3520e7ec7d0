import { ReparteeError } from '@repartee/sdk/protocol'

/**
 * Whether a site may be used from an origin. Browsers always write an origin the same way, so it is compared as a
 * string: whatever is spelt otherwise is another origin. `self` stands for the authority the request was sent to.
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

/** Refuse a request sent by a page the site does not know; a request without an origin comes from no page. */
export const checkOrigin = (origins: readonly string[], origin: string | null, host: string | undefined): void => {
  if (origin === null || isAllowedOrigin(origins, origin, host)) return
  throw new ReparteeError('origin_not_allowed', 'this origin is not among the site’s')
}
