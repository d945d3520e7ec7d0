/** A metric in a query, with the labels that select it. */
export type Selector = { readonly metric: string; readonly labels: readonly string[] }

const withoutStrings = (expr: string): string => expr.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""')

/** Metrics in a PromQL expression: words that are not functions, keywords, labels or groupings. */
export const selectorsOf = (expr: string): Selector[] => {
  const bare = withoutStrings(expr).replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ')
  const found = bare.matchAll(/(?<![\w:$.])([a-zA-Z_][\w:]*)\s*(\{[^}]*\})?(?!\s*\(|[\w:])/g)
  return [...found]
    .map(([, metric = '', braces = '']) => ({
      metric,
      labels: [...braces.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map((match) => match[1] ?? ''),
    }))
    .filter(({ metric }) => !/^(?:and|or|unless|offset|bool|inf|nan|[smhdwy])$/i.test(metric))
}

/** Labels that an expression groups or joins by. */
export const groupingsOf = (expr: string): string[] =>
  [...withoutStrings(expr).matchAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g)].flatMap(
    (match) => (match[1] ?? '').split(',').flatMap((label) => label.trim() || []),
  )
