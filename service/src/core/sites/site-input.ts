import { parseInput, ReparteeError, type SiteSettings, siteSettingsSchema } from '@repartee/sdk/protocol'
import * as v from 'valibot'

const MAX_NAME = 100

/** A site's name on one line; a blank or overlong one is refused. */
export const cleanSiteName = (raw: string): string => {
  const name = raw.replace(/[\p{Cc}\s]+/gu, ' ').trim()
  if (name === '' || name.length > MAX_NAME)
    throw new ReparteeError('invalid_request', `name: expected 1 to ${MAX_NAME} characters`)
  return name
}

const strictSettings = v.strictObject(siteSettingsSchema.entries)

/** Settings with defaults for missing ones. Unknown names are refused, since they are typing errors. */
export const parseSettings = (raw: unknown): SiteSettings => {
  if (Array.isArray(raw)) throw new ReparteeError('invalid_request', 'settings: expected an object')
  return parseInput(strictSettings, raw)
}
