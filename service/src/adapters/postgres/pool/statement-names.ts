/** Prepared statements per connection; the store has fewer. */
const MAX_NAMES = 300

/**
 * Names for prepared statements: the same text gets the same name. After the first 300 texts, returns `undefined`, and
 * the statement is parsed each time.
 */
export const createStatementNames = (): ((text: string) => string | undefined) => {
  const names = new Map<string, string>()
  return (text) => {
    const known = names.get(text)
    if (known !== undefined || names.size >= MAX_NAMES) return known
    const name = `r${names.size}`
    names.set(text, name)
    return name
  }
}
