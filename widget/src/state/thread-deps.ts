import type { Client, Comment, ErrorCode } from '@repartee/sdk'
import type { Messages } from '../i18n/messages.ts'
import type { KeyValue } from './key-value.ts'

/** What a view tells its host page. `element.ts` turns each into a DOM event. */
export type ThreadEvents = {
  ready: Record<string, never>
  /** A comment of this reader was stored. */
  comment: { comment: Comment }
  count: { count: number }
  error: { code: ErrorCode }
}

/** Everything a view needs from outside. */
export type ThreadDeps = {
  readonly client: Client
  readonly site: string
  readonly page: string
  readonly url: string
  readonly title: string
  /** The texts, or `null` while they are loading. Nothing is drawn before that, so nothing needs a text. */
  messages(): Messages | null
  readonly lang: string
  readonly storage: KeyValue
  /** For the edit window, which ends even when nothing else happens. */
  now(): number
  /** Whether the end of the list is below the viewport. */
  isEndOutOfSight(): boolean
  /** The page's current address. */
  href(): string
  emit<T extends keyof ThreadEvents>(type: T, detail: ThreadEvents[T]): void
}
