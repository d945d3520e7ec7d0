const isNumber = (text: string): boolean => /^[\d.]+$/.test(text)

/** Rows under their headings, columns of numbers to the right. */
export const table = (headings: readonly string[], rows: readonly (readonly (string | number)[])[]): string => {
  const texts = rows.map((row) => row.map(String))
  const columns = headings.map((heading, at) => {
    const cells = texts.map((row) => row[at] ?? '')
    return { width: Math.max(heading.length, ...cells.map(({ length }) => length)), right: cells.every(isNumber) }
  })
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ width, right }, at) => (right ? cells[at]?.padStart(width) : cells[at]?.padEnd(width)))
      .join('  ')
      .trimEnd()
  return [line(headings), line(columns.map(({ width }) => '-'.repeat(width))), ...texts.map(line), ''].join('\n')
}
