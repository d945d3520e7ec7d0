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

/** A language that the widget has texts in. */
export type Language = keyof typeof languages

const isLanguage = (value: string): value is Language => Object.hasOwn(languages, value)

/** The language for a BCP 47 tag: its primary subtag if there are texts for it, else English. */
export const languageOf = (tag: string): Language => {
  const primary = tag.toLowerCase().split(/[-_]/)[0] ?? ''
  return isLanguage(primary) ? primary : 'en'
}

/** Load the texts of a thread. Each language is a chunk of its own. */
export const loadMessages = async (language: Language): Promise<Messages> =>
  (await languages[language].thread()).messages

/** Load the texts of forms, menus and errors. */
export const loadWriting = async (tag: string): Promise<WritingMessages> =>
  (await languages[languageOf(tag)].writing()).writing

/** Replace each `{name}` with its value. A name without a value stays as it is. */
export const format = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)

/** The form of a text for a number, with the number formatted for the language. */
export const plural = (forms: Plural, n: number, lang: string): string =>
  format(forms[new Intl.PluralRules(lang).select(n)] ?? forms.other, { n: new Intl.NumberFormat(lang).format(n) })
