/** Kept prepared by each connection; the store has fewer. */
const MAX_NAMES = 300

/**
 * Names under which connections keep statements prepared: the same text has the same name. `undefined` for texts beyond
 * the first 300, which are parsed each time.
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
