import type { Messages, Plural, WritingMessages } from './messages.ts'

const languages = {
  en: {
    thread: (): Promise<{ messages: Messages }> => import('./en.ts'),
    writing: (): Promise<{ writing: WritingMessages }> => import('./en-writing.ts'),
  },
  vi: {
    thread: (): Promise<{ messages: Messages }> => import('./vi.ts'),
    writing: (): Promise<{ writing: WritingMessages }> => import('./vi-writing.ts'),
  },
}

/** A language the widget speaks. */
export type Language = keyof typeof languages

const isLanguage = (value: string): value is Language => Object.hasOwn(languages, value)

/** The language spoken for a BCP 47 tag: its primary subtag if there are texts for it, else English. */
export const languageOf = (tag: string): Language => {
  const primary = tag.toLowerCase().split(/[-_]/)[0] ?? ''
  return isLanguage(primary) ? primary : 'en'
}

/** The thread's texts; each language is a chunk of its own. */
export const loadMessages = async (language: Language): Promise<Messages> =>
  (await languages[language].thread()).messages

/** What is said to somebody who does something, or when something failed. */
export const loadWriting = async (tag: string): Promise<WritingMessages> =>
  (await languages[languageOf(tag)].writing()).writing

/** Put values in the place of `{name}`; a name without a value stays as it is. */
export const format = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)

/** The form of a text for a number, with the number written as the language writes it. */
export const plural = (forms: Plural, n: number, lang: string): string =>
  format(forms[new Intl.PluralRules(lang).select(n)] ?? forms.other, { n: new Intl.NumberFormat(lang).format(n) })
