import type { Client, Comment, ErrorCode } from '@repartee/sdk'
import type { Messages } from '../i18n/messages.ts'
import type { KeyValue } from './key-value.ts'

/** What a view tells its host page; element.ts turns each into a DOM event. */
export type ThreadEvents = {
  ready: Record<string, never>
  /** A comment of this reader was stored. */
  comment: { comment: Comment }
  count: { count: number }
  error: { code: ErrorCode }
}

/** Everything a view needs of the world. */
export type ThreadDeps = {
  readonly client: Client
  readonly site: string
  readonly page: string
  readonly url: string
  readonly title: string
  /** The texts, once they are loaded: what is said before that has nobody to hear it. */
  messages(): Messages | null
  readonly lang: string
  readonly storage: KeyValue
  /** For the time to edit, which runs out while nothing else happens. */
  now(): number
  /** Whether the end of the list lies below what the reader sees. */
  isEndOutOfSight(): boolean
  /** The page's address now. */
  href(): string
  emit<T extends keyof ThreadEvents>(type: T, detail: ThreadEvents[T]): void
}
