import type { Phase } from '../pipeline.ts'

/** Refuses a text its author sent a moment ago. An edit is never a duplicate. */
export const duplicate: Phase = {
  name: 'duplicate',
  evaluate: ({ duplicateOf, edit }) =>
    duplicateOf === null || edit ? null : { kind: 'refuse', code: 'duplicate_comment' },
}
