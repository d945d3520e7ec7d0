import type { Deps } from '../core/deps.ts'
import type { Logger } from '../core/ports/logger.ts'
import type { Admission } from './admission.ts'
import type { Hub } from './hub.ts'
import type { PresenceRenewals } from './presence-renewals.ts'

/** What all sessions of a node share: made once, so that a session holds one reference instead of a copy. */
export type SessionDeps = {
  readonly core: Deps
  readonly hub: Hub
  readonly admission: Pick<Admission, 'enter'>
  readonly renewals: PresenceRenewals
  /** Names this process among its peers. */
  readonly node: string
  readonly log: Logger
}
