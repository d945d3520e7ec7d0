import * as v from 'valibot'

/** A whole number in a query string: decimal digits, from `min` to `max`. */
export const wholeNumber = (min: number, max: number) => {
  const expected = `a whole number from ${min} to ${max}`
  return v.pipe(
    v.string(),
    v.description(expected),
    v.rawTransform<string, number>(({ dataset, addIssue, NEVER }) => {
      const value = /^\d{1,16}$/.test(dataset.value) ? Number(dataset.value) : Number.NaN
      if (value >= min && value <= max) return value
      addIssue({ expected, message: `expected ${expected}` })
      return NEVER
    }),
  )
}
