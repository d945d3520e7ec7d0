import { setImmediate as nextTurn } from 'node:timers/promises'
import { Tokenizer } from 'htmlparser2'
import pLimit from 'p-limit'
import { createTags, type PageScan } from './scan-tags.ts'

/** Scanned at once, in UTF-16 units: about a millisecond. */
const STEP = 8 * 1_024

/** One page at a time, so that many pages do not add up to a long wait for everything else. */
const oneByOne = pLimit(1)

const scan = async (html: string): Promise<PageScan> => {
  const tags = createTags(html)
  const tokenizer = new Tokenizer({ xmlMode: false, decodeEntities: true }, tags)
  for (let at = 0; at < html.length; at += STEP) {
    tokenizer.write(html.slice(at, at + STEP))
    await nextTurn()
  }
  tokenizer.end()
  return tags.scan()
}

/**
 * Find in a page's HTML what concerns the widget. The time is linear in the length of the text, whatever it holds, and the
 * event loop gets its turn in between. Only tags are read: a tree of a hostile page can have many times its size.
 */
export const scanPage = (html: string): Promise<PageScan> => oneByOne(() => scan(html))
