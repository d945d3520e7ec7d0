import { cleanCharacters, isInvisible, streamSafe } from './characters.ts'
import { renderBody } from './render-markdown.ts'

// biome-ignore lint/suspicious/noControlCharactersInRegex: line breaks other than \n
const lineBreak = /\r\n|[\r\u000b\u000c\u0085\u2028\u2029]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
const controls = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/g

/** Replace lone surrogates: they have no UTF-8 form, so the database would return a different text. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd')

const compose = (text: string): string => streamSafe(wellFormed(text)).normalize('NFC')

/**
 * The form in which a body is stored and compared: NFC, `\n` for every line break, no control characters except tab, no
 * trailing white space, and no blank lines at the start or end. Joiners in emoji, Persian and Indic words are kept.
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

/** HTML that shows a plain text exactly. */
export const escapeText = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => escapes[character] ?? character)

/** The plain text of rendered HTML, one line per block. */
export const plainText = (html: string): string =>
  html
    .replace(/<br \/>\n?|<\/(?:p|li|pre)>\n?/g, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:amp|lt|gt|quot);/g, (entity) => entities[entity] ?? entity)
    .trimEnd()

/** Whether a body has no visible character, as written or as rendered. */
export const isBlank = (body: string): boolean => isInvisible(body) || isInvisible(plainText(renderBody(body)))

/** Scripts in which a joiner between two letters is spelling. Elsewhere it only makes two equal names differ. */
const joining =
  '\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Nko}\\p{Script=Mongolian}\\p{Script=Devanagari}\\p{Script=Bengali}\\p{Script=Gurmukhi}\\p{Script=Gujarati}\\p{Script=Oriya}\\p{Script=Tamil}\\p{Script=Telugu}\\p{Script=Kannada}\\p{Script=Malayalam}\\p{Script=Sinhala}\\p{Script=Khmer}\\p{Script=Myanmar}'
const meaninglessJoiner = new RegExp(
  `(?<![${joining}\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])[\\u200c\\u200d]|[\\u200c\\u200d](?![${joining}\\p{Extended_Pictographic}])`,
  'gu',
)
/** Invisible characters except the two joiners and the emoji style selector. */
const hidden = /(?!\u200c|\u200d|\ufe0f)[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u{1d159}\u{16fe4}]/gu

/**
 * The form in which a display name is stored: one line, NFC, no control, bidi or invisible characters, single spaces.
 * The empty string means that it has no visible character.
 */
export const normaliseName = (raw: string): string => {
  const line = compose(raw)
    .replace(/[\p{White_Space}\u2800]+/gu, ' ')
    .replace(hidden, '')
  const name = cleanCharacters(line)
    .replace(/([\u200c\u200d])[\u200c\u200d]+/g, '$1')
    .replace(meaninglessJoiner, '')
    .replace(/(?<![\p{Extended_Pictographic}\d#*])\ufe0f/gu, '')
    .replace(/ +/g, ' ')
    .trim()
  return isInvisible(name) ? '' : name
}
