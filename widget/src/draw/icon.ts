import { h, type VNode } from './h.ts'

/** A drawing of one stroke. */
export const icon = (path: string): VNode =>
  h('span', { class: 'icon' }, h('svg', { viewBox: '0 0 20 20', 'aria-hidden': true }, h('path', { d: path })))
