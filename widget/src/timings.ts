/** Names in the page's performance timeline. */

/** Mark: the reader came near the conversation. Set by the loader. */
export const NEAR = 'repartee-near'
/** Measure: from Send to the acknowledgement of one comment. */
export const POSTED = 'repartee-posted'
