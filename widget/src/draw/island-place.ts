import type { Drawing, Later } from './drawing.ts'
import { h, type VNode } from './h.ts'

/** The place of a part from a later chunk. `open` puts it there and returns how to take it away. */
export const island = (d: Drawing, open: (later: Later, target: HTMLElement) => () => void): VNode =>
  h('div', {
    class: 'lazy',
    use: (target) => {
      let close: (() => void) | undefined
      let gone = false
      d.islands().then((later) => {
        if (!gone) close = open(later, target)
      }, d.look.fail)
      return () => {
        gone = true
        close?.()
      }
    },
  })

/** As high as the form that comes into it, so nothing below moves twice. */
export const writing = (...form: Parameters<typeof island>): VNode => h('div', { class: 'writing' }, island(...form))
