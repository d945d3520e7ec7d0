const HASH = /^#repartee-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i

/** The comment that a location's hash names, or `null` when it is not one of our permalinks. */
export const commentOfHash = (hash: string): string | null => HASH.exec(hash)?.[1]?.toLowerCase() ?? null

/** The address of a comment on the page at `href`. */
export const permalinkOf = (href: string, id: string): string => `${href.split('#')[0]}#repartee-${id}`
