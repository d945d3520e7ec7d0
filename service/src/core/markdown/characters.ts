/** Characters that draw nothing by themselves: a text of only these is blank. */
const invisible = /[\p{White_Space}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}\u{16fe4}]/gu

/** Whether a text has no visible character. */
export const isInvisible = (text: string): boolean => text.replace(invisible, '') === ''

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]|\p{Surrogate}/gu

/** Unicode's stream-safe limit. Longer runs of marks have no meaning, and normalising them takes quadratic time. */
export const streamSafe = (text: string): string => text.replace(/(\p{M}{30})\p{M}+/gu, '$1')

const disruptive = /[\u202a-\u202e\u2066-\u2069]|\p{M}{3}|\p{M}</u

/**
 * Marks shared by several scripts (accents, Arabic vowel signs, variation selectors). No orthography needs more on one
 * letter; Vietnamese in NFD needs two. Stacked accents ("Zalgo text") consist of these.
 */
const sharedMark = /[\p{Script=Inherited}]/u
const maxSharedMarks = 4
/** Burmese and Tibetan stacks, the tallest in use, need eight, including medials, vowels and tone. */
const maxMarks = 8
const maxSameMark = 2

const capMarks = (run: string): string => {
  let kept = ''
  let marks = 0
  let shared = 0
  let same = 0
  let previous = ''
  for (const part of run.match(/<[^>]*>|\p{M}/gu) ?? []) {
    if (part.startsWith('<')) {
      kept += part
      continue
    }
    same = part === previous ? same + 1 : 1
    previous = part
    if (same > maxSameMark || marks === maxMarks) continue
    if (sharedMark.test(part)) {
      if (shared === maxSharedMarks) continue
      shared += 1
    }
    marks += 1
    kept += part
  }
  return kept
}

const closerOf: Record<string, string> = {
  '\u202a': '\u202c',
  '\u202b': '\u202c',
  '\u2066': '\u2069',
  '\u2067': '\u2069',
  '\u2068': '\u2069',
}

/** Remove all overrides, and every embedding and isolate that is not closed in the same text. */
const balanceBidi = (text: string): string => {
  const characters = [...text]
  const open: { at: number; closer: string }[] = []
  const kept = new Set<number>()
  characters.forEach((character, at) => {
    const closer = closerOf[character]
    if (closer) open.push({ at, closer })
    const last = open.at(-1)
    if (last?.closer !== character) return
    open.pop()
    kept.add(last.at).add(at)
  })
  return characters.filter((character, at) => kept.has(at) || !/[\u202a-\u202e\u2066-\u2069]/.test(character)).join('')
}

/**
 * Remove what disturbs the text around it: control characters, bidi overrides, unbalanced embeddings and isolates, and
 * stacks of combining marks. Markup is unchanged, so HTML and plain text are both valid input.
 */
export const cleanCharacters = (text: string): string => {
  const clean = text.replace(controls, '')
  if (!disruptive.test(clean)) return clean
  return clean.replace(/\p{M}(?:<[^>]*>|\p{M})+/gu, capMarks).replace(/[^<>]+/g, balanceBidi)
}
