import { spawnSync } from 'node:child_process'
import { everyStatement, type Statement } from '@repartee/service/testing/statements'
import { describe, expect, test } from 'vitest'
import { filesBelow, findTool, readFile } from './deployment-tools.ts'

type Verdict = {
  readonly statements: number
  readonly placeholders: number
  readonly error: string
  readonly unimplemented: boolean
}

/** Parsers of CockroachDB 25.2 and of 23.2, the oldest published one of the supported releases. */
const parsers = ['cockroach-parser', 'cockroach-parser-oldest'].map((name) => [name, findTool(name)] as const)

/** The verdict of CockroachDB's own parser on each text. */
const judge = (parser: string | null, texts: readonly string[]): Verdict[] => {
  const input = texts.map((text) => JSON.stringify(text)).join('\n')
  const { status, stdout, stderr } = spawnSync(parser ?? '', { input, encoding: 'utf8', maxBuffer: 2 ** 26 })
  if (status !== 0) throw new Error(stderr)
  const verdicts = stdout
    .trim()
    .split('\n')
    .map((line): Verdict => JSON.parse(line))
  if (verdicts.length !== texts.length) throw new Error(`${verdicts.length} verdicts on ${texts.length} texts`)
  return verdicts
}

const refused = (parser: string | null, statements: readonly Statement[]): string[] =>
  judge(
    parser,
    statements.map(({ text }) => text),
  ).flatMap(({ error, statements: count, placeholders }, index) => {
    const { text, params } = statements[index] ?? { text: '', params: 0 }
    const wrong = error || (count !== 1 && `${count} statements`) || (placeholders !== params && `${params} values`)
    return wrong === false ? [] : [`${wrong}: ${text}`]
  })

test('every piece of SQL in the service is part of a complete statement', async () => {
  for (const dialect of ['postgres', 'cockroach'] as const)
    expect((await everyStatement(dialect)).unsent, dialect).toEqual([])
})

describe.each(parsers)('%s', (_, parser) => {
  const judged = test.skipIf(parser === null)

  judged('takes every statement the service can send, as one statement with all its values', async () => {
    const { sent } = await everyStatement('cockroach')
    expect(sent.length).toBeGreaterThan(70)
    expect(refused(parser, sent)).toEqual([])
  })

  judged('takes the scripts that set a cluster up', () => {
    const scripts = filesBelow('infra/deploy/cockroachdb', '.sql').map(readFile)
    expect(scripts.length).toBeGreaterThan(1)
    expect(judge(parser, scripts).map(({ error }) => error)).toEqual(scripts.map(() => ''))
  })

  judged('refuses what CockroachDB has not, and says which of it it knows', () => {
    const bad = [
      'select from where',
      'listen changes',
      'vacuum comments',
      'select a from t tablesample system (1)',
      'insert into t (a) values (1) on conflict ((lower(a))) do nothing',
      'create table t (a text, exclude using gist (a with =))',
    ]
    const verdicts = judge(parser, bad)
    expect(verdicts.filter(({ error }) => error === '')).toEqual([])
    expect(verdicts[0]).toMatchObject({ unimplemented: false })
    expect(verdicts.at(-1)).toMatchObject({ unimplemented: true })
    expect(refused(parser, [{ text: 'select $1::text', params: 2 }])).toEqual(['2 values: select $1::text'])
    expect(refused(parser, [{ text: 'select 1; select 2', params: 0 }])).toEqual(['2 statements: select 1; select 2'])
  })
})
