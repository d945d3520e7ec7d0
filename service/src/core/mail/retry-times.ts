import type { MailFailureKind } from '../ports/mail-transport.ts'

const FIRST_MS = 30_000
const LONGEST_MS = 60 * 60_000
/** As long as mail servers keep trying (RFC 5321 §4.5.4.1). */
const GIVE_UP_MS = 5 * 24 * 60 * 60_000

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

const spread = (ms: number, random: number): number => Math.round(ms * (0.75 + random / 2))

/** How long to wait before the server is tried again: from a second to a minute, doubled with each failure. */
export const serverPauseMs = (failures: number, random: number): number =>
  spread(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10)), random)

/**
 * When to try a mail again; `null` for never. The pauses grow with the age of the mail, from half a minute to an hour. A
 * server that is away is no fault of the mail: it is tried again with the server.
 */
export const nextAttemptAt = (
  kind: MailFailureKind,
  o: { createdAt: number; nowAt: number; failures: number; random: number },
): number | null => {
  const ageMs = Math.max(0, o.nowAt - o.createdAt)
  if (kind === 'message' || ageMs >= GIVE_UP_MS) return null
  if (kind === 'server') return o.nowAt + serverPauseMs(Math.max(1, o.failures), o.random)
  return o.nowAt + spread(Math.min(LONGEST_MS, Math.max(FIRST_MS, ageMs / 2)), o.random)
}
