import { type Child, h, type Props, type VNode } from './h.ts'

/** A button that does something when pressed. */
export const button = (className: string, onclick: (event: Event) => unknown, props: Props, ...label: Child[]): VNode =>
  h('button', { type: 'button', class: className, ...props, onclick }, ...label)
