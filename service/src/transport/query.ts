import { ReparteeError } from '@repartee/sdk/protocol'

/** Parse a query string. A name may be repeated only if it is a list, which is then an array. */
export const parseQuery = (query: string, lists: readonly string[] = []): Record<string, string | string[]> => {
  const result: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of new URLSearchParams(query)) {
    const previous = result[name]
    if (lists.includes(name)) result[name] = [...(Array.isArray(previous) ? previous : []), value]
    else if (previous !== undefined) throw new ReparteeError('invalid_request', `${name.slice(0, 40)}: given twice`)
    else result[name] = value
  }
  return { ...result }
}
