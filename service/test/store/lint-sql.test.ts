import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { lintSource, literals } from '../../scripts/lint-sql.ts'
import { denied } from '../../scripts/sql-deny-list.ts'

const lint = (sql: string) => lintSource('x.ts', `export const text = \`${sql}\``)
const rules = (sql: string): string[] => lint(sql).map(({ rule }) => rule)

describe('each rule catches what it is for', () => {
  test.each(denied)('$rule', ({ rule, example }) => {
    expect(rules(example)).toContain(rule)
  })
})

test('a planted statement is found with its file and line, even inside a template', () => {
  const source = `const a = 1\n\nconst columns = 'id'\nsql.query(\n  \`select \${columns} from comments c where c.site_id = $1 limit 1\`,\n)`
  expect(lintSource('find.ts', source)).toMatchObject([{ file: 'find.ts', line: 5, rule: 'uncast value' }])
})

test('a statement or fragment that uses a tenant table without the site is found', () => {
  expect(rules('select c.id from comments c where c.id = $1::uuid')).toEqual(['site'])
  expect(rules('delete from credentials where id = $1::uuid')).toEqual(['site'])
  const half = 'select 1 from threads t join thread_heads h on h.thread_id = t.id where t.site_id = $1::uuid'
  expect(rules(half)).toEqual(['site'])
  expect(rules(half.replace(' on ', ' on h.site_id = t.site_id and '))).toEqual([])
  expect(rules('select s.id from sites s where s.public_key = $1::text')).toEqual([])
})

test('a feature of one database is allowed where the SQL is marked as being for that one', () => {
  const text = 'select a from t as of system time follower_read_timestamp()'
  const rulesIn = (source: string) => lintSource('x.ts', source).map(({ rule }) => rule)
  expect(rulesIn(`onlyOn('cockroach', \`${text}\`)`)).toEqual([])
  expect(rulesIn(`onlyOn('postgres', \`${text}\`)`)).toEqual(['only CockroachDB has it'])
  expect(rulesIn(`other('cockroach', \`${text}\`)`)).toEqual(['only CockroachDB has it'])
  expect(rulesIn(`onlyOn('cockroach', 'select a from t where b = $1 offset 2')`)).toEqual(['offset', 'uncast value'])
})

test('portable statements and other texts pass', () => {
  const portable = `with h as (update thread_heads h set seq = h.seq + 1 where h.site_id = $1::uuid returning h.seq)
    insert into reactions (site_id, kind) select $1::uuid, $12::text from h on conflict (site_id, kind) do nothing`
  expect(rules(portable)).toEqual([])
  expect(rules('create table if not exists t (a text not null, at timestamptz(3) not null, primary key (a))')).toEqual(
    [],
  )
  expect(lint('the database is away; try again')).toEqual([])
})

test('the search finds the statements of the store', () => {
  const text = (path: string): string => readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')
  const count = (path: string): number => literals(path, text(path)).length
  expect(count('src/adapters/postgres/queries/insert-comments.ts')).toBe(1)
  expect(count('src/adapters/postgres/queries/comment-queries.ts')).toBe(11)
  expect(count('src/adapters/postgres/queries/thread-change.ts')).toBe(5)
  expect(count('migrations/0001-initial.ts')).toBe(21)
})
