import type { Component } from 'svelte'
import Composer from './Composer.svelte'
import EditForm from './EditForm.svelte'
import Menu from './Menu.svelte'
import NameForm from './NameForm.svelte'
import { openIsland, type Shared } from './open-island.ts'
import Picker from './Picker.svelte'
import Undo from './Undo.svelte'

const opener =
  <P extends Record<string, unknown>>(component: Component<P>) =>
  (target: HTMLElement, shared: Shared, props: P): (() => void) =>
    openIsland(component, target, shared, props)

/** Each puts its part into a place of the thread and returns how to take it away. */
export const openComposer = opener(Composer)
export const openEditForm = opener(EditForm)
export const openMenu = opener(Menu)
export const openNameForm = opener(NameForm)
export const openPicker = opener(Picker)
export const openUndo = opener(Undo)
export { openOutboxItem } from './outbox-item.ts'
