/** Limits that clients keep to as well. A file of its own, so that using one does not load the schemas. */

/** The longest display name, in code points, after normalisation. */
export const MAX_NAME_LENGTH = 50
