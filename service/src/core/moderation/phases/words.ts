import { plainText } from '../../markdown/text.ts'
import type { Phase } from '../pipeline.ts'
import { findWord } from '../word-list.ts'

/** Refuses a comment with a blocked word. */
export const wordsRefused: Phase = {
  name: 'words',
  evaluate: ({ html, settings }) =>
    findWord(settings.words.blocked, plainText(html)) === null ? null : { kind: 'refuse', code: 'blocked_words' },
}

/** Holds a comment with a word the site reviews. */
export const wordsHeld: Phase = {
  name: 'words',
  evaluate: ({ html, settings }) => {
    const word = findWord(settings.words.held, plainText(html))
    return word === null ? null : { kind: 'store', status: 'pending', reason: `words: ${word}` }
  },
}
