import type { Comment } from '@repartee/sdk/protocol'

const GLYPHS: Readonly<Record<string, string>> = { like: '👍', love: '❤️', laugh: '😄', wow: '😮', sad: '😢' }

/** The emoji of a reaction kind; `null` for a kind this version does not know, which is shown by name. */
export const glyphOf = (kind: string): string | null => GLYPHS[kind] ?? null

/** Kinds somebody chose, in the site's order; kinds the site no longer offers come last. */
export const chosenKinds = (offered: readonly string[], reactions: Comment['reactions']): string[] => {
  const chosen = Object.keys(reactions).filter((kind) => (reactions[kind] ?? 0) > 0)
  const rank = (kind: string): number => (offered.includes(kind) ? offered.indexOf(kind) : offered.length)
  return chosen.sort((a, b) => rank(a) - rank(b))
}
