import { AdminError } from '@repartee/sdk/protocol/admin'
import type { Deps } from '../deps.ts'

const BATCH = 200

/** Try a given-up mail once more from the beginning. For operators. */
export const retryMail = async (
  deps: Pick<Deps, 'store' | 'mailer' | 'now'>,
  { id }: { id: string },
): Promise<void> => {
  if (!(await deps.store.mail.retry(id, deps.now())))
    throw new AdminError('object_not_found', 'no mail with this id was given up')
  deps.mailer.wake()
}

/** `retryMail` for all. Resolves with their number. */
export const retryAllMail = async (deps: Pick<Deps, 'store' | 'mailer' | 'now'>): Promise<{ retried: number }> => {
  let retried = 0
  for (let before: string | null = null, more = true; more; ) {
    const page: { id: string }[] = await deps.store.mail.listFailed({ before, limit: BATCH })
    for (const { id } of page) if (await deps.store.mail.retry(id, deps.now())) retried += 1
    before = page.at(-1)?.id ?? null
    more = page.length === BATCH
  }
  deps.mailer.wake()
  return { retried }
}
