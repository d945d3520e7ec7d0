import { getContext } from 'svelte'
import type { Ui } from '../contract.ts'
import type { Look } from '../draw/look.ts'
import type { Messages, WritingMessages } from '../i18n/messages.ts'

/** What an island knows of the thread: the view as Svelte can follow it, and all texts. */
export type IslandUi = Omit<Ui, 'messages'> & { readonly messages: Messages & WritingMessages }

/** The thread and its texts. Read the view's fields where they are used: they change. */
export const useUi = (): IslandUi => getContext<IslandUi>('repartee')

/** The thread's services to its parts. */
export const useLook = (): Look => getContext<Look>('repartee-look')
