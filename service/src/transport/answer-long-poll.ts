import type { Changes } from '@repartee/sdk/protocol'
import type { Actor } from '../core/actor.ts'
import type { Deps } from '../core/deps.ts'
import { changes } from '../core/threads/changes.ts'
import type { Hub } from '../realtime/hub.ts'

/** What changed since a position. If nothing did, waits for the first change, at most `wait` seconds. */
export const waitForChanges = async (
  { deps, hub, signal }: { deps: Deps; hub: Hub; signal: AbortSignal },
  actor: Actor,
  input: { thread: string; since: number; epoch?: string | undefined; wait?: number | undefined },
): Promise<Changes> => {
  const { thread, since, epoch, wait = 0 } = input
  const read = (): Promise<Changes> => changes(deps, actor, { thread, since, epoch })
  // Read before waiting, so that nobody waits for a thread that does not exist on this site.
  const first = await read()
  if (wait === 0 || 'reload' in first || first.to > since) return first
  await hub.waitForChange({ siteId: actor.site.id, threadId: thread }, since, wait * 1_000, signal)
  return read()
}
