import { plainText } from '../../markdown/text.ts'
import type { Phase } from '../pipeline.ts'
import { findWord } from '../word-list.ts'

/** Refuses comments with a word the site does not take. */
export const wordsRefused: Phase = {
  name: 'words',
  judge: ({ html, settings }) =>
    findWord(settings.words.blocked, plainText(html)) === null ? null : { kind: 'refuse', code: 'blocked_words' },
}

/** Holds comments with a word the site wants to look at. */
export const wordsHeld: Phase = {
  name: 'words',
  judge: ({ html, settings }) => {
    const word = findWord(settings.words.held, plainText(html))
    return word === null ? null : { kind: 'store', status: 'pending', reason: `words: ${word}` }
  },
}
