import { isInvisible, streamSafe, tameCharacters } from './characters.ts'
import { renderBody } from './render-markdown.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: old printers' line breaks
const lineBreak = /\r\n|[\r\u000b\u000c\u0085\u2028\u2029]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
const controls = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/g

/** What cannot be encoded as UTF-8 would not compare equal to itself after a visit to the database. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd')

const compose = (text: string): string => streamSafe(wellFormed(text)).normalize('NFC')

/**
 * The form in which a body is stored and compared: NFC, `\n` for every line break, no control characters but tab, no
 * white space at line ends, no blank lines at the edges. Joiners inside emoji, Persian and Indic words stay.
 */
export const normaliseBody = (raw: string): string => {
  const lines = compose(raw.replace(lineBreak, '\n').replace(controls, ''))
    .split('\n')
    .map((line) => line.trimEnd())
  const first = lines.findIndex((line) => line !== '')
  const last = lines.findLastIndex((line) => line !== '')
  return first < 0 ? '' : lines.slice(first, last + 1).join('\n')
}

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' }
const escapes = Object.fromEntries(Object.entries(entities).map(([entity, character]) => [character, entity]))

/** A plain text as HTML that shows it, markup and all. */
export const escapeText = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => escapes[character] ?? character)

/** The text of rendered HTML, one line per block; for mail, feeds, search and rules about words. */
export const plainText = (html: string): string =>
  html
    .replace(/<br \/>\n?|<\/(?:p|li|pre)>\n?/g, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:amp|lt|gt|quot);/g, (entity) => entities[entity] ?? entity)
    .trimEnd()

/** Whether nothing of a body can be seen, as written or as rendered: only spaces, invisible characters or markup. */
export const isBlank = (body: string): boolean => isInvisible(body) || isInvisible(plainText(renderBody(body)))

/** Scripts in which a joiner between two letters is spelling; anywhere else it only makes two equal names differ. */
const joining =
  '\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Nko}\\p{Script=Mongolian}\\p{Script=Devanagari}\\p{Script=Bengali}\\p{Script=Gurmukhi}\\p{Script=Gujarati}\\p{Script=Oriya}\\p{Script=Tamil}\\p{Script=Telugu}\\p{Script=Kannada}\\p{Script=Malayalam}\\p{Script=Sinhala}\\p{Script=Khmer}\\p{Script=Myanmar}'
const meaninglessJoiner = new RegExp(
  `(?<![${joining}\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])[\\u200c\\u200d]|[\\u200c\\u200d](?![${joining}\\p{Extended_Pictographic}])`,
  'gu',
)
/** Everything that is not seen, but for the two joiners and the emoji style selector. */
const hidden = /(?!\u200c|\u200d|\ufe0f)[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u{1d159}\u{16fe4}]/gu

/**
 * The form in which a display name is stored: one line, NFC, no control, bidi or invisible characters, single spaces.
 * The empty string means that nothing can be seen.
 */
export const normaliseName = (raw: string): string => {
  const line = compose(raw)
    .replace(/[\p{White_Space}\u2800]+/gu, ' ')
    .replace(hidden, '')
  const name = tameCharacters(line)
    .replace(/([\u200c\u200d])[\u200c\u200d]+/g, '$1')
    .replace(meaninglessJoiner, '')
    .replace(/(?<![\p{Extended_Pictographic}\d#*])\ufe0f/gu, '')
    .replace(/ +/g, ' ')
    .trim()
  return isInvisible(name) ? '' : name
}
