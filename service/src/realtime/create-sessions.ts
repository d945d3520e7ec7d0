import { createPresenceRenewals } from './presence-renewals.ts'
import { Session } from './session.ts'
import type { SessionDeps } from './session-deps.ts'
import type { Socket } from './socket.ts'

/** Make the function that starts a session on each accepted socket of a node. */
export const createSessions = (o: Omit<SessionDeps, 'renewals'>): ((socket: Socket) => Session) => {
  const deps: SessionDeps = Object.freeze({ ...o, renewals: createPresenceRenewals() })
  return (socket) => new Session(deps, socket)
}
