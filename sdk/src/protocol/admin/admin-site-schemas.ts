import * as v from 'valibot'
import { idSchema, siteKeySchema } from '../ids.ts'
import { siteSettingsSchema } from '../site-settings.ts'
import { organisationRoleSchema } from './account-schemas.ts'

const time = v.pipe(v.number(), v.integer(), v.minValue(0))

export const adminSiteSchema = v.object({
  /** The public key, which the snippet and the URLs name. */
  key: siteKeySchema,
  name: v.string(),
  /** As browsers send them. */
  origins: v.array(v.string()),
  settings: siteSettingsSchema,
  /** Counts the changes of name, origins and settings. */
  version: v.pipe(v.number(), v.integer(), v.minValue(1)),
  organisation: v.nullable(v.object({ id: idSchema, name: v.string() })),
  role: organisationRoleSchema,
  createdAt: time,
  /** Set while a deleted site can still be restored. */
  deletesAt: v.nullable(time),
})
export type AdminSite = v.InferOutput<typeof adminSiteSchema>
export const adminSitesSchema = v.object({ sites: v.array(adminSiteSchema), next: v.nullable(v.string()) })
export type AdminSites = v.InferOutput<typeof adminSitesSchema>

/** Names and origins are cleaned by the use-case, which also says what is wrong with them. */
export const siteNameFieldSchema = v.pipe(v.string(), v.maxLength(1_000))
export const originsFieldSchema = v.pipe(v.array(v.pipe(v.string(), v.maxLength(2_048))), v.maxLength(100))

export const newSiteSchema = v.strictObject({
  name: siteNameFieldSchema,
  origins: originsFieldSchema,
  /** Where the account belongs to several. */
  organisation: v.optional(idSchema),
})
/** Only what is given changes. `version` is the one the change was made on. */
export const changeSiteSchema = v.strictObject({
  version: v.pipe(v.number(), v.integer(), v.minValue(1)),
  name: v.optional(siteNameFieldSchema),
  origins: v.optional(originsFieldSchema),
  settings: v.optional(
    v.pipe(
      v.unknown(),
      v.check((settings) => !Array.isArray(settings), 'an object'),
      v.record(v.string(), v.unknown()),
    ),
  ),
})
export type ChangeSite = v.InferOutput<typeof changeSiteSchema>
