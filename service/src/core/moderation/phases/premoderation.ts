import type { Phase } from '../pipeline.ts'

/** Holds every comment, or those of authors without an approved one, on a site with premoderation. */
export const premoderation: Phase = {
  name: 'premoderation',
  evaluate: ({ settings, author }) => {
    if (settings.premoderation === 'all') return { kind: 'store', status: 'pending', reason: 'premoderation: all' }
    if (settings.premoderation === 'first' && author.approvedCount === 0)
      return { kind: 'store', status: 'pending', reason: 'premoderation: first comment' }
    return null
  },
}
