/** Limits that clients keep to as well. A file of its own, so that using one does not load the schemas. */

/** The longest display name, in code points, after normalisation. */
export const MAX_NAME_LENGTH = 50

/** The longest duration that a report of vitals may have. */
export const MAX_VITAL_MS = 600_000
/** The largest layout shift. */
export const MAX_VITAL_CLS = 100
/** The most comments of one visit. */
export const MAX_VITAL_POSTS = 20
