import { streamSafe } from '../markdown/characters.ts'

/**
 * Word lists. How a listed word matches:
 * - whole words, after NFC, lower case and removal of invisible characters. Marks count: "ma" is not "má";
 * - a word listed in plain Latin letters and digits also matches its disguises: other widths and styles of letters,
 *   Greek and Cyrillic look-alikes inside a Latin word, digits and symbols for letters, added marks, and a letter
 *   repeated three times or more;
 * - words of scripts without spaces, and entries with symbols such as "c++" or "spam.example", match anywhere.
 */
type Disguised = { readonly runs: readonly number[]; readonly word: string }
type WordList = {
  readonly exact: ReadonlyMap<string, string>
  readonly disguised: ReadonlyMap<string, readonly Disguised[]>
  /** The word counts of the listed phrases. */
  readonly phraseLengths: readonly number[]
  readonly anywhere: ReadonlyMap<string, string>
  /** The lengths of those entries by their first code unit, so that few are tried at each position. */
  readonly anywhereLengths: ReadonlyMap<string, ReadonlySet<number>>
}

const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
const hidden = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu

const lookAlikes = new Map(
  Array.from('аaеeоoрpсcуyхxіiјjѕsԁdһhкkмmтtвbнhӏlαaοoνvρpτtυuιiκkεeχxηn'.matchAll(/(.)(.)/gu), ([, from, to]) => [
    from,
    to,
  ]),
)
const signs = new Map(
  Object.entries({ '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's', '!': 'i' }),
)

const visible = (text: string): string => streamSafe(text.replace(hidden, '')).normalize('NFC').toLowerCase()
const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []

/** A word without its disguise. Look-alikes are replaced only beside Latin letters, so Cyrillic words stay as they are. */
const undisguise = (word: string): string => {
  const latin = /[a-z]/.test(word)
  const letters = word.replace(/^!+|!+$/g, '')
  return Array.from(
    letters,
    (letter) => signs.get(letter) ?? (latin ? lookAlikes.get(letter) : undefined) ?? letter,
  ).join('')
}

const undisguisedWords = (text: string): string[] => {
  const plain = text
    .replace(hidden, '')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
  return (plain.match(/[\p{L}\p{M}\p{N}@$!]+/gu) ?? []).map(undisguise)
}

/** A phrase with repeated letters collapsed, and the length of each run. */
const runsOf = (phrase: string): { key: string; runs: number[] } => {
  let key = ''
  const runs: number[] = []
  let previous = ''
  for (const letter of phrase) {
    if (letter === previous) runs[runs.length - 1] = (runs.at(-1) ?? 0) + 1
    else {
      key += letter
      runs.push(1)
    }
    previous = letter
  }
  return { key, runs }
}

/** A double letter is spelling ("as" is not "ass"); three or more are emphasis. */
const sameRuns = (listed: readonly number[], found: readonly number[]): boolean =>
  found.every((length, at) => length === listed[at] || (length > 2 && length > (listed[at] ?? 0)))

const compile = (words: readonly string[]): WordList => {
  const exact = new Map<string, string>()
  const disguised = new Map<string, Disguised[]>()
  const anywhere = new Map<string, string>()
  const phraseLengths = new Set<number>()
  const anywhereLengths = new Map<string, Set<number>>()
  for (const word of words) {
    const plain = visible(word).trim()
    const parts = wordsOf(plain)
    if (unspaced.test(plain) || /[^\p{L}\p{M}\p{N}\s'’-]/u.test(plain)) {
      anywhere.set(plain, word)
      const first = plain.charAt(0)
      anywhereLengths.set(first, (anywhereLengths.get(first) ?? new Set()).add(plain.length))
    } else if (parts.length > 0) {
      exact.set(parts.join(' '), word)
      phraseLengths.add(parts.length)
      if (!/^[a-z0-9 ]+$/.test(parts.join(' ')) || !/[a-z]/.test(plain)) continue
      const { key, runs } = runsOf(parts.map(undisguise).join(' '))
      disguised.set(key, [...(disguised.get(key) ?? []), { runs, word }])
    }
  }
  return { exact, disguised, anywhere, phraseLengths: [...phraseLengths], anywhereLengths }
}

const compiled = new WeakMap<readonly string[], WordList>()

/** Compile each list once. Settings are replaced, never changed in place. */
const listOf = (words: readonly string[]): WordList => {
  const list = compiled.get(words) ?? compile(words)
  compiled.set(words, list)
  return list
}

const findPhrase = (words: string[], lengths: readonly number[], find: (phrase: string) => string | undefined) => {
  for (const length of lengths)
    for (let at = 0; at + length <= words.length; at += 1) {
      const found = find(words.slice(at, at + length).join(' '))
      if (found !== undefined) return found
    }
  return null
}

const findAnywhere = ({ anywhere, anywhereLengths }: WordList, text: string): string | null => {
  if (anywhere.size === 0) return null
  for (let at = 0; at < text.length; at += 1)
    for (const length of anywhereLengths.get(text.charAt(at)) ?? []) {
      const found = anywhere.get(text.slice(at, at + length))
      if (found !== undefined) return found
    }
  return null
}

/** The first listed entry that the text contains, as listed, or `null`. Linear in the length of the text. */
export const findWord = (words: readonly string[], text: string): string | null => {
  if (words.length === 0) return null
  const list = listOf(words)
  const shown = visible(text)
  return (
    findPhrase(wordsOf(shown), list.phraseLengths, (phrase) => list.exact.get(phrase)) ??
    findPhrase(undisguisedWords(text), list.phraseLengths, (phrase) => {
      const { key, runs } = runsOf(phrase)
      return list.disguised.get(key)?.find((entry) => sameRuns(entry.runs, runs))?.word
    }) ??
    findAnywhere(list, shown)
  )
}
