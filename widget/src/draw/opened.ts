import type { ErrorCode } from '@repartee/sdk/protocol'

/** What of one comment the reader has open. */
export type Open = {
  readonly replying: boolean
  /** Why the reply came back. */
  readonly refused: ErrorCode | null
  readonly editing: boolean
  /** `name`: the question for a name before the first reaction. */
  readonly popover: '' | 'menu' | 'picker' | 'name'
  /** The reaction that waits for a name. */
  readonly wanted: string
}

const closed: Open = { replying: false, refused: null, editing: false, popover: '', wanted: '' }

/** What the reader has open, by comment. */
export type Opened = {
  of(id: string): Open
  /** Changes whenever something in this conversation opens or closes; without a root, in any. */
  version(rootId?: string): number
  set(comment: { readonly id: string; readonly rootId: string }, change: Partial<Open>): void
}

/** Nothing is open at first; `changed` is called when something opens or closes. */
export const createOpened = (changed: () => void): Opened => {
  const open = new Map<string, Open>()
  const versions = new Map<string, number>()
  const of = (id: string): Open => open.get(id) ?? closed
  const version = (rootId = ''): number => versions.get(rootId) ?? 0
  return {
    of,
    version,
    set({ id, rootId }, change) {
      open.set(id, { ...of(id), ...change })
      for (const whose of [rootId, '']) versions.set(whose, version(whose) + 1)
      changed()
    },
  }
}
