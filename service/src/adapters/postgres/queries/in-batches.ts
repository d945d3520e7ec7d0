const BATCH = 500
/** Limits a sweep, so that it always ends. */
const MAX_BATCHES = 1_000

/** Delete in batches until one is not full. `deleteSome` resolves with how many rows it found, `limit` at most. */
export const inBatches = async (deleteSome: (limit: number) => Promise<number>): Promise<number> => {
  let deleted = 0
  for (let batches = 0; batches < MAX_BATCHES; batches += 1) {
    const found = await deleteSome(BATCH)
    deleted += found
    if (found < BATCH) return deleted
  }
  return deleted
}
