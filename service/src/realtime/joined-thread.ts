import type { ActiveThread } from './active-thread.ts'

/** A thread with readers on this node. All of them share its strings. */
export type JoinedThread = Pick<ActiveThread, 'ref' | 'topic'>
