import type { Phase } from '../pipeline.ts'

/** Holds everybody, or those without an approved comment, where the site reads before it publishes. */
export const premoderation: Phase = {
  name: 'premoderation',
  judge: ({ settings, author }) => {
    if (settings.premoderation === 'all') return { kind: 'store', status: 'pending', reason: 'premoderation: all' }
    if (settings.premoderation === 'first' && author.approvedCount === 0)
      return { kind: 'store', status: 'pending', reason: 'premoderation: first comment' }
    return null
  },
}
