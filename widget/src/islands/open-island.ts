import { type Component, mount, unmount } from 'svelte'
import { createSubscriber } from 'svelte/reactivity'
import type { Ui } from '../contract.ts'
import type { Look } from '../draw/look.ts'
import type { WritingMessages } from '../i18n/messages.ts'
import { adopt } from '../styles.ts'
import css from './islands.css?inline'
import type { IslandUi } from './ui.ts'

/** What all islands of a thread are given. */
export type Shared = { readonly ui: Ui; readonly look: Look; readonly texts: WritingMessages }

/** The view as Svelte can follow it: what reads it while drawing is drawn again after every change. */
const reactive = ({ view, subscribe }: Ui): Ui['view'] => {
  const track = createSubscriber(subscribe)
  return new Proxy(view, {
    get(target, name) {
      track()
      return Reflect.get(target, name)
    },
  })
}

/** Give the thread the styles of its islands. */
export const adoptIslands = (target: HTMLElement): void => adopt(target.getRootNode() as Document | ShadowRoot, css)

/** Put a component into a place of the thread. Returns how to take it away. */
export const openIsland = <P extends Record<string, unknown>>(
  component: Component<P>,
  target: HTMLElement,
  { ui, look, texts }: Shared,
  props: P,
): (() => void) => {
  adoptIslands(target)
  const own: IslandUi = { ...ui, view: reactive(ui), messages: { ...ui.messages, ...texts } }
  const context = new Map<string, unknown>([
    ['repartee', own],
    ['repartee-look', look],
  ])
  const mounted = mount(component, { target, props, context })
  return () => void unmount(mounted)
}
