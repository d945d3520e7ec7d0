import type { Language } from './languages.ts'

/** Forms of one text by category of `Intl.PluralRules`; `{n}` stands for the number. */
export type Counted = { readonly [category in Intl.LDMLPluralRule]?: string } & { readonly other: string }

/** Put values in the place of `{name}`. A name without a value stays, so that it is seen. */
export const fill = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place))

const rules = new Map<Language, Intl.PluralRules>()
const rulesOf = (language: Language): Intl.PluralRules => {
  const known = rules.get(language) ?? new Intl.PluralRules(language)
  rules.set(language, known)
  return known
}

/** The form of a text for `n` things, with the number as the language writes it. */
export const counted = (language: Language, forms: Counted, n: number): string =>
  fill(forms[rulesOf(language).select(n)] ?? forms.other, { n: new Intl.NumberFormat(language).format(n) })
