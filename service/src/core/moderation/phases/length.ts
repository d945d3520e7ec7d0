import { isInvisible } from '../../markdown/characters.ts'
import { plainText } from '../../markdown/text.ts'
import type { Phase } from '../pipeline.ts'

/** Refuses a text without visible characters, and one longer than the site allows. */
export const length: Phase = {
  name: 'length',
  evaluate: ({ body, html, settings }) => {
    if (body.length > settings.maxBodyLength) return { kind: 'refuse', code: 'body_too_long' }
    if (isInvisible(body) || isInvisible(plainText(html))) return { kind: 'refuse', code: 'body_blank' }
    return null
  },
}
