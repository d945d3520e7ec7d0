import * as v from 'valibot'

export { newId } from './new-id.ts'

/** A UUID of any version, in lower case, so that an id has one spelling. */
export const idSchema = v.pipe(v.string(), v.uuid(), v.toLowerCase())

/** A site's public key, as written in the snippet. */
export const siteKeySchema = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9_-]{1,39}$/, '2 to 40 characters of a-z, 0-9, - and _, the first a letter or digit'),
)
