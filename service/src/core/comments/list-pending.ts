import { requireStaff } from '../access/require-staff.ts'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import type { StoredComment } from '../stored-comment.ts'

const DEFAULT_LIMIT = 100

/** A site's comments that wait for approval, oldest first, after the id of the last one seen. Staff only. */
export const pendingComments = async (
  deps: Pick<Deps, 'store'>,
  actor: Actor,
  input: { after: string | null; limit?: number | undefined },
): Promise<StoredComment[]> => {
  const siteId = requireStaff(actor).site.id
  return deps.store.comments.pending(siteId, input.after, Math.min(input.limit ?? DEFAULT_LIMIT, 500))
}
