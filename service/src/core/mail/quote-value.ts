import { normaliseName } from '../markdown/text.ts'

/** More of a name than anyone reads. */
const MAX_SHOWN = 80
/** A letter can have several characters, but not this many on average. */
const MAX_READ = MAX_SHOWN * 8

/**
 * A narrow space without a line break: what programs take for a link, an address or an encoded word ends there. Characters
 * without width, such as the word joiner, do not end it everywhere: linkify-it 6.1 links `eve@\u2060evil.com`, and the
 * pattern of Android's Linkify has only spaces as exceptions.
 */
const BREAK = '\u202f'
/** Every kind of dot that IDNA takes for one (RFC 3490 §3.1), and the other marks of URLs and addresses. */
const linkMark = /[.:/\\@\u3002\uff0e\uff61\u2024\ufe52\uff1a\uff0f\uff20](?=\S)/gu
const encodedWord = /=(?=\?)/g
const rightToLeft =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

const shorten = (text: string): string => {
  const letters = [...graphemes.segment(text.slice(0, MAX_READ))].map(({ segment }) => segment)
  return letters.length <= MAX_SHOWN && text.length <= MAX_READ ? text : `${letters.slice(0, MAX_SHOWN).join('')}…`
}

/**
 * A text that someone chose, such as a name, as it may stand in a mail: one line without control and bidi characters, not
 * long, and nothing in it becomes a link, an address or a header, whoever reads the mail with whatever. Right-to-left
 * text does not reorder what is around it.
 */
export const quoteValue = (text: string): string => {
  const quoted = shorten(normaliseName(text.slice(0, MAX_READ * 2)))
    .replace(linkMark, `$&${BREAK}`)
    .replace(encodedWord, `=${BREAK}`)
  return rightToLeft.test(quoted) ? `\u2068${quoted}\u2069` : quoted
}
