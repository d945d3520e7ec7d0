import type { Deps } from '../deps.ts'
import { keysInUse } from './keys-in-use.ts'

/**
 * Choose the key that a rotation re-encrypts with: a new one where the service keeps its keys itself, otherwise the newest
 * configured. A rotation that did not finish goes on with its key.
 */
export const beginRotation = async (
  deps: Pick<Deps, 'store' | 'keyRing'>,
): Promise<{ readonly keyId: string; readonly isNew: boolean }> => {
  const [newest = ''] = deps.keyRing.ids()
  const isFinished = (await keysInUse(deps.store)).every((id) => id === newest)
  if (deps.keyRing.renew === null || !isFinished) return { keyId: newest, isNew: false }
  return { keyId: await deps.keyRing.renew(), isNew: true }
}
