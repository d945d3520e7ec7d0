import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { denied } from './sql-deny-list.ts'

/** One thing wrong with one piece of SQL. */
export type Finding = { readonly file: string; readonly line: number; readonly rule: string; readonly instead: string }

/** Tables whose rows belong to a site. */
const tenantTables = [
  'threads',
  'thread_heads',
  'comments',
  'reply_counts',
  'revisions',
  'reactions',
  'authors',
  'credentials',
]

const looksLikeSql =
  /^\s*(begin|commit|rollback|vacuum|checkpoint|analyze)\b|^\s*(select|insert|update|delete|with|create|alter|drop|merge|truncate|explain|listen|notify)\s+\S|\b(from|join|into|update)\s+\w+.*\b(where|on|values|set)\b|\w+ as (materialized )?\(\s*(select|insert|update|delete)\b/is

/**
 * Check the SQL in one TypeScript source: every string and template that looks like SQL, including fragments of longer
 * statements. A fragment that names a tenant table must itself restrict it to the site.
 */
export const lintSource = (file: string, source: string): Finding[] =>
  literals(file, source).flatMap(({ text, line, only }) => {
    const findings = denied
      .filter((rule) => rule.pattern.test(text) && (rule.only === undefined || rule.only !== only))
      .map(({ rule, instead }) => ({ file, line, rule, instead }))
    return restrictsToSite(text)
      ? findings
      : [...findings, { file, line, rule: 'site', instead: 'site_id with every tenant table' }]
  })

/** A table used n times needs site_id n times. DDL is exempt. */
const restrictsToSite = (text: string): boolean => {
  if (/^\s*create\b/i.test(text)) return true
  const uses = text.match(new RegExp(`\\b(from|join|into|update)\\s+(${tenantTables.join('|')})\\b`, 'gi')) ?? []
  const sites = text.match(/\bsite_id\b/gi) ?? []
  return sites.length >= uses.length
}

/** A piece of SQL; `only` is the dialect given to `onlyOn`. */
type Literal = { readonly text: string; readonly line: number; readonly only?: string }

/** Every literal that looks like SQL, with the line it starts on. */
export const literals = (file: string, source: string): Literal[] => {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true)
  const found: Literal[] = []
  const visit = (node: ts.Node): void => {
    const text = textOf(node)
    if (text !== null && looksLikeSql.test(text))
      found.push({ text, line: tree.getLineAndCharacterOfPosition(node.getStart()).line + 1, ...onlyOf(node) })
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

/** The dialect of `onlyOn(dialect, text)`. */
const onlyOf = ({ parent }: ts.Node): Pick<Literal, 'only'> => {
  if (!ts.isCallExpression(parent) || parent.expression.getText() !== 'onlyOn') return {}
  const [dialect] = parent.arguments
  return dialect !== undefined && ts.isStringLiteral(dialect) ? { only: dialect.text } : {}
}

const textOf = (node: ts.Node): string | null => {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text
  if (!ts.isTemplateExpression(node)) return null
  // Inserted fragments are checked where they are written.
  return node.head.text + node.templateSpans.map((span) => `inserted${span.literal.text}`).join('')
}

const run = (): number => {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const files = ['src/adapters/postgres', 'migrations'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => relative(process.cwd(), join(root, folder, name))),
  )
  const findings = files.flatMap((file) => lintSource(file, readFileSync(file, 'utf8')))
  for (const { file, line, rule, instead } of findings) console.error(`${file}:${line} ${rule}: use ${instead}`)
  console.log(`SQL of ${files.length} files checked against ${denied.length + 1} rules: ${findings.length} findings`)
  return findings.length === 0 ? 0 : 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = run()
