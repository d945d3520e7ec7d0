import type { Phase } from '../pipeline.ts'

/** Refuses the text an author sent a moment ago. Saving an edit without a change is no repetition. */
export const duplicate: Phase = {
  name: 'duplicate',
  judge: ({ duplicateOf, edit }) =>
    duplicateOf === null || edit ? null : { kind: 'refuse', code: 'duplicate_comment' },
}
