import { whenIdle } from '../idle.ts'
import { avatar } from './avatar.ts'
import { button } from './button.ts'
import type { Drawing } from './drawing.ts'
import { h, type VNode } from './h.ts'
import { writing } from './island-place.ts'

/** Whether the composer is open, and whether the reader asked for it just now. */
export type Slot = { readonly isOpen: boolean; readonly isAsked: boolean }

/** Fetched while nothing else happens, so that a reader who then loses the connection can still write. */
const preload = (d: Drawing) => (): (() => void) => whenIdle(() => void d.islands().catch(() => undefined))

/** Where a new comment is written: what looks like a field opens the composer. */
export const composerSlot = (d: Drawing, slot: Slot, put: (slot: Slot) => void): VNode =>
  h(
    'div',
    { class: 'slot', 'data-composer': true, use: preload(d) },
    slot.isOpen
      ? writing(d, (later, target) =>
          later.openComposer(target, later.shared, {
            focus: slot.isAsked,
            onclose: () => {
              put({ isOpen: false, isAsked: false })
              d.look.focusComposer()
            },
          }),
        )
      : button(
          'stub',
          () => put({ isOpen: true, isAsked: true }),
          { part: 'composer-stub' },
          avatar(d.view.reader),
          ` ${d.messages.write}`,
        ),
  )
