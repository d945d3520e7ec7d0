import type { OutboxEntry } from '../contract.ts'
import type { Drawing } from './drawing.ts'
import { h, type VNode } from './h.ts'
import { island } from './island-place.ts'

/** The places of the reader's comments that are not stored yet, or await approval. */
export const outbox = (d: Drawing, entries: readonly OutboxEntry[]): VNode[] =>
  entries.map((entry) =>
    h(
      'li',
      { class: 'conversation', key: `o-${entry.key}` },
      island(d, (later, target) => later.openOutboxItem(target, later.shared, { entry })),
    ),
  )
