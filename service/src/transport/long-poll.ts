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
  const ref = { siteId: actor.site.id, threadId: input.thread }
  const read = (): Promise<Changes> =>
    changes(deps, actor, {
      thread: input.thread,
      since: input.since,
      ...(input.epoch !== undefined && { epoch: input.epoch }),
    })
  const wait = input.wait ?? 0
  if (wait === 0) return read()
  // Interest first, then the read: a change in between wakes the wait instead of being missed.
  hub.join(ref)
  try {
    const first = await read()
    if ('reload' in first || first.to > input.since) return first
    await hub.waitForChange(ref, input.since, wait * 1_000, signal)
    return await read()
  } finally {
    hub.leave(ref)
  }
}
