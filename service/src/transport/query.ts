import { ReparteeError } from '@repartee/sdk/protocol'

/** A query string as a plain object; a name that stands more than once is refused unless it may be a list. */
export const parseQuery = (query: string, lists: ReadonlySet<string>): Record<string, string | string[]> => {
  const result: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of new URLSearchParams(query)) {
    const before = result[name]
    if (lists.has(name)) result[name] = [...(Array.isArray(before) ? before : []), value]
    else if (before !== undefined) throw new ReparteeError('invalid_request', `${name.slice(0, 40)}: given twice`)
    else result[name] = value
  }
  return { ...result }
}
