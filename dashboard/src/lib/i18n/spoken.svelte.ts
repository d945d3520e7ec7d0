import type { Language } from './languages.ts'
import { loadArea, type TextArea, type Texts } from './text-areas.ts'

type Spoken = { readonly language: Language; readonly texts: Partial<Texts> }

let spoken = $state.raw<Spoken>({ language: 'en', texts: {} })
/** What pages have asked for, so that a change of language loads all of it. */
const needed = new Set<TextArea>()
let latest = 0

const fetchAreas = async (language: Language, areas: Iterable<TextArea>): Promise<Partial<Texts>> =>
  Object.fromEntries(await Promise.all([...areas].map(async (area) => [area, await loadArea(language, area)])))

/**
 * The texts of the language in use. Reading them in a component follows a change of language. A page may read the areas that
 * its `load` has passed to `needTexts`, or that of a layout around it.
 */
export const t = (): Texts => spoken.texts as Texts

export const language = (): Language => spoken.language

/** Resolves when the texts of these areas can be read. */
export const needTexts = async (...areas: readonly TextArea[]): Promise<void> => {
  for (const area of areas) needed.add(area)
  for (;;) {
    const { language, texts } = spoken
    const missing = areas.filter((area) => !(area in texts))
    if (missing.length === 0) return
    const found = await fetchAreas(language, missing)
    // Another language may have been chosen meanwhile.
    if (spoken.language === language) spoken = { language, texts: { ...spoken.texts, ...found } }
  }
}

/** Change the language of the whole page at once, when all its texts are there. The last call wins. */
export const speak = async (language: Language): Promise<void> => {
  latest += 1
  const call = latest
  const texts = await fetchAreas(language, needed)
  if (call !== latest) return
  spoken = { language, texts }
  document.documentElement.lang = language
}
