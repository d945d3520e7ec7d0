import type { Ui } from '../contract.ts'
import { h, type VNode } from './h.ts'
import { fullTime, relativeTime } from './relative-time.ts'

/** How long ago something was written. */
export const time = (d: Pick<Ui, 'lang' | 'now'>, at: number): VNode =>
  h('time', { datetime: new Date(at).toISOString(), title: fullTime(at, d.lang) }, relativeTime(at, d.now(), d.lang))

/** Bring all times in `root` up to now, without drawing what they stand in. */
export const tick = (root: ParentNode, d: Pick<Ui, 'lang' | 'now'>): void => {
  for (const element of root.querySelectorAll('time'))
    if (element.firstChild instanceof Text)
      element.firstChild.data = relativeTime(Date.parse(element.dateTime), d.now(), d.lang)
}
