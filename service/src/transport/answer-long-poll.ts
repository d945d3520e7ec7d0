import type { Changes } from '@repartee/sdk/protocol'
import type { Actor } from '../core/actor.ts'
import type { Deps } from '../core/deps.ts'
import { changes } from '../core/threads/changes.ts'
import type { Hub } from '../realtime/hub.ts'

/** Answer what changed since a position, waiting for the first change at most `wait` seconds. */
export const waitForChanges = async (
  { deps, hub, signal }: { deps: Deps; hub: Hub; signal: AbortSignal },
  actor: Actor,
  input: { thread: string; since: number; epoch?: string | undefined; wait?: number | undefined },
): Promise<Changes> => {
  const { thread, since, epoch, wait = 0 } = input
  const read = (): Promise<Changes> => changes(deps, actor, { thread, since, epoch })
  // Before anything waits: what is not there, or not of this site, is nothing to listen to.
  const first = await read()
  if (wait === 0 || 'reload' in first || first.to > since) return first
  await hub.waitForChange({ siteId: actor.site.id, threadId: thread }, since, wait * 1_000, signal)
  return read()
}
