import { exactDate, exactTime, lengthOfTime, relativeDate } from './dates.ts'
import { language, t } from './spoken.svelte.ts'
import { type Counted, counted } from './wording.ts'

export { type Language, languageNames, languages } from './languages.ts'
export { language, needTexts, speak, t } from './spoken.svelte.ts'
export { fill } from './wording.ts'

/** As in `wording.ts` and `dates.ts`, in the language in use. */
export const plural = (forms: Counted, n: number): string => counted(language(), forms, n)
export const number = (n: number): string => new Intl.NumberFormat(language()).format(n)
export const time = (at: number): string => exactTime(language(), at)
export const date = (at: number): string => exactDate(language(), at)
export const ago = (at: number, now: number): string => relativeDate(language(), at, now, t().common.justNow)
export const span = (ms: number): string => lengthOfTime(language(), ms)
