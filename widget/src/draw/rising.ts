/**
 * Of where each item was before (−1: nowhere), the largest set of items whose order did not change, as their places now:
 * all others have to move. `fixed` names one that must be among them.
 */
export const rising = (from: readonly number[], fixed = -1): Set<number> => {
  const was = (i: number): number => from[i] ?? -1
  /** Where the best run of each length ends. */
  const ends: number[] = []
  const before: number[] = []
  from.forEach((place, i) => {
    if (place < 0 || (fixed >= 0 && i < fixed !== place < was(fixed))) return
    const length = ends.findLastIndex((end) => was(end) < place) + 1
    before[i] = ends[length - 1] ?? -1
    ends[length] = i
  })
  const found = new Set<number>()
  for (let i = ends.at(-1) ?? -1; i >= 0; i = before[i] ?? -1) found.add(i)
  return found
}
