/** Languages that are complete. English stands first: it is spoken where none fits. */
export const languages = ['en', 'vi'] as const
export type Language = (typeof languages)[number]

/** Each in itself, as people who look for theirs read it. */
export const languageNames: Readonly<Record<Language, string>> = { en: 'English', vi: 'Tiếng Việt' }

export const isLanguage = (value: unknown): value is Language => languages.some((language) => language === value)

/** The first of someone's languages that is complete here (BCP 47 tags, as of `navigator.languages`). */
export const preferredLanguage = (tags: readonly string[]): Language =>
  tags.map((tag) => tag.toLowerCase().split('-')[0]).find(isLanguage) ?? 'en'
