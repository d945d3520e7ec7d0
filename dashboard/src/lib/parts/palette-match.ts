/** Lower case without marks: people look for `Bảo mật` by `bao mat`. `đ` is a letter of its own, which has no mark to lose. */
const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().replaceAll('đ', 'd')

/** How well some words fit a search, from 0 (not at all) to 1: each part of it must begin, or else be in, one of them. */
export const matches = (words: readonly string[], search: string): number => {
  const text = plain(words.join(' '))
  const parts = plain(search).split(/\s+/).filter(Boolean)
  const scores = parts.map((part) =>
    text.startsWith(part) ? 1 : text.includes(` ${part}`) ? 0.8 : text.includes(part) ? 0.4 : 0,
  )
  return scores.length === 0 ? 1 : Math.min(...scores)
}
