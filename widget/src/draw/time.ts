import type { Drawing } from './drawing.ts'
import { h, type VNode } from './h.ts'
import { fullTime, relativeTime } from './relative-time.ts'

/** How long ago something was written; goes on by itself. */
export const time = (d: Drawing, at: number): VNode =>
  h(
    'time',
    { datetime: new Date(at).toISOString(), title: fullTime(at, d.lang), use: (element) => d.keepTime(element, at) },
    relativeTime(at, d.now(), d.lang),
  )
