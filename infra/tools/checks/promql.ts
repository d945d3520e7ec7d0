/** A metric as a query names it, with the labels it is selected by. */
export type Selector = { readonly metric: string; readonly labels: readonly string[] }

const withoutStrings = (expr: string): string => expr.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""')

/** Metrics a PromQL expression names: words that are no function, keyword, label or grouping. */
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

/** Labels an expression groups or joins by. */
export const groupingsOf = (expr: string): string[] =>
  [...withoutStrings(expr).matchAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g)].flatMap(
    (match) => (match[1] ?? '').split(',').flatMap((label) => label.trim() || []),
  )
