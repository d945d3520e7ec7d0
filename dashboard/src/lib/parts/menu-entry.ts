import type { Component } from 'svelte'

export type MenuEntry =
  | {
      readonly label: string
      readonly icon?: Component<{ size?: string; 'aria-hidden'?: 'true' }>
      readonly danger?: boolean
      readonly disabled?: boolean
      readonly href?: string
      readonly onselect?: () => void
      /** One of several of which one is chosen. */
      readonly chosen?: boolean
    }
  /** What the entries below it are about, or a line. */
  | { readonly heading: string }
  | 'line'
