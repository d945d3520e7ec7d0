/** Names in the page's performance timeline. */

/** A mark of the loader: the reader came near the thread. */
export const NEAR = 'repartee-near'
/** A measure: from Send to the acknowledgement of one comment. */
export const POSTED = 'repartee-posted'
