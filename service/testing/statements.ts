import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { newId, parseInput, siteSettingsSchema } from '@repartee/sdk/protocol'
import { literals } from '../scripts/lint-sql.ts'
import { createStore } from '../src/adapters/postgres/create-store.ts'
import type { Dialect } from '../src/adapters/postgres/dialect.ts'
import { renewEpoch } from '../src/adapters/postgres/epoch.ts'
import { migrate } from '../src/adapters/postgres/migrate.ts'
import { deleteExpiredCredentials } from '../src/adapters/postgres/queries/credential-queries.ts'
import { deleteExpiredBeacons } from '../src/adapters/postgres/queries/installation-queries.ts'
import { deleteExpiredMail } from '../src/adapters/postgres/queries/mail-queries.ts'
import { serverTime } from '../src/adapters/postgres/server-time.ts'
import type { Sql } from '../src/adapters/postgres/sql.ts'
import { sealedColumns } from '../src/core/secrets/sealed-columns.ts'
import { accountCalls } from './account-statements.ts'
import { silent } from './silent.ts'
import { AT, comment } from './store-scene.ts'

/** The text of a statement and the number of its parameters. */
export type Statement = { readonly text: string; readonly params: number }

const root = fileURLToPath(new URL('..', import.meta.url))

/** A row with a value for every column. */
const anyRow: object = new Proxy(
  {},
  {
    get: (_, column) => {
      const name = String(column)
      if (name.endsWith('role')) return 'guest'
      if (name.endsWith('status')) return 'approved'
      if (name === 'origins') return []
      return /reactions$|settings$|reply_counts$/.test(name) ? {} : 1
    },
  },
)

/** Two sets of answers that lead to all further statements: no rows; or one row, but none for a change. */
const answers: readonly ((text: string) => readonly unknown[])[] = [
  (text) => (/returning fence\s*$/.test(text) ? [{}] : []),
  (text) => (/^with\b/.test(text) ? [] : [anyRow]),
]

const callEverything = async (sql: Sql, dialect: Dialect): Promise<void> => {
  const store = createStore(sql, { dialect })
  const { sites, threads, comments, reactions, authors, credentials, sealed, mail, installations, epoch } = store
  const [siteId, threadId, id] = [newId(), newId(), newId()]
  const at = { siteId, threadId, id }
  const settings = parseInput(siteSettingsSchema, {})
  const text = { body: 'x', html: 'x', bodyDigest: 'x', status: 'approved', revisionId: id, nowAt: AT } as const
  const page = { siteId, threadId, after: null, limit: 1 }
  const credential = { id, authorId: id, secretHash: 'h', previousHash: null, rotatedAt: AT, expiresAt: AT }
  const calls: (() => Promise<unknown>)[] = [
    () => migrate(sql, { log: silent, now: () => AT, dialect }),
    () => renewEpoch(sql),
    () => serverTime(sql),
    () => deleteExpiredCredentials(sql, AT),
    () => deleteExpiredMail(sql, AT),
    epoch,
    () => sites.findByKey('key'),
    () => sites.list(null, 1),
    () =>
      sites.create({
        id,
        publicKey: 'key',
        name: 'x',
        origins: [],
        settings,
        version: 1,
        partVersions: {},
        organisationId: null,
        createdAt: AT,
        deletesAt: null,
      }),
    () => sites.queues(null, 1),
    () => sites.update(id, 1, { name: 'x', origins: [], settings }, ['name']),
    () => sites.listOwned([id], null, 1),
    () => sites.setDeletesAt(id, AT),
    () => threads.find(siteId, threadId),
    () => threads.findByPage(siteId, '/'),
    () => threads.open({ siteId, id: threadId, page: '/', url: '', title: '', nowAt: AT }),
    () => threads.setClosed(siteId, threadId, true),
    () => threads.counts(siteId, ['/']),
    () => threads.heads([{ siteId, threadId }]),
    () => comments.find(siteId, threadId, id),
    async () => comments.ancestors(siteId, threadId, (await comments.find(siteId, threadId, id)) as never),
    ...(['newest', 'oldest', 'top'] as const).flatMap((sort) => [
      () => comments.roots({ ...page, sort }),
      () => comments.roots({ ...page, sort, atLeast: 1 }),
    ]),
    () => comments.firstReplies({ ...at, rootIds: [id], limit: 1 }),
    () => comments.firstReplies({ ...at, rootIds: [id], limit: 1, atLeast: 1 }),
    () => comments.replies({ ...at, rootId: id, after: 0, limit: 1 }),
    () => comments.changedSince({ ...at, since: 0, limit: 1 }),
    () => comments.replyCounts(siteId, threadId, [id]),
    () => comments.pendingByAuthor(siteId, threadId, id),
    () => comments.pending(siteId, null, 1),
    () =>
      comments.createContext({ ...at, authorId: id, key: id, parentId: id, bodyDigest: 'x', duplicatesSinceAt: AT }),
    () => comments.insert(siteId, threadId, [comment()]),
    () => comments.edit({ ...at, ...text }),
    () => comments.remove({ ...at, nowAt: AT }),
    () => comments.review({ ...at, status: 'spam' }),
    ...[true, false].map(
      (on) => () => reactions.set({ ...at, commentId: id, authorId: id, kind: 'like', on, nowAt: AT }),
    ),
    () => reactions.byAuthor(siteId, threadId, id, [id]),
    () => authors.create({ siteId, id, name: 'x', role: 'guest', nowAt: AT }),
    () => authors.find(siteId, id),
    () => authors.rename(siteId, id, 'x'),
    () => credentials.create(siteId, credential),
    () => credentials.find(siteId, id),
    () => credentials.rotate(siteId, id, { from: 'h', to: 'i', nowAt: AT, expiresAt: AT }),
    () => credentials.revoke(siteId, id),
    ...sealedColumns.flatMap((column) => [
      () => sealed.nextKeyId(column, ''),
      () => sealed.count(column, 'k1'),
      () => sealed.page(column, 'k1', null, 1),
      () => sealed.replace(column, [{ row: id, from: 'a', to: 'b' }]),
    ]),
    () => mail.add({ id, kind: 'test', sealed: 'x', createdAt: AT }),
    () => mail.claim({ nowAt: AT, untilAt: AT, limit: 1 }),
    () => mail.sent(id, AT),
    () => mail.failed(id, { error: 'x', nowAt: AT, nextAt: null }),
    () => mail.find(id),
    () => mail.listFailed({ before: null, limit: 1 }),
    () => mail.retry(id, AT),
    () => mail.backlog(),
    () => sealed.findSecret('digest_key'),
    () => sealed.keepSecret('digest_key', 'a'),
    ...accountCalls(store),
    () => installations.recordBeacons([{ siteId, kind: 'seen', origin: 'x', url: '', seenAt: AT }]),
    () => installations.addPages([{ siteId, origin: 'x', url: 'x' }], AT),
    () => installations.readBeacons(siteId),
    () => installations.readChecks(siteId),
    () =>
      installations.saveCheck({
        siteId,
        origin: 'x',
        url: 'x',
        findings: [],
        problem: null,
        checkedAt: AT,
        dueAt: AT,
      }),
    () => installations.claimChecks({ nowAt: AT, untilAt: AT, limit: 1 }),
    () => installations.forgetCheck(siteId, 'x'),
    () => deleteExpiredBeacons(sql, AT),
  ]
  // The store may reject the invented rows; only the statements that were sent matter.
  for (const call of calls) await call().catch(() => null)
}

/** Every SQL literal in the service, as the linter finds it. */
const written = () =>
  ['src/adapters/postgres', 'migrations'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .flatMap((name) =>
        literals(name, readFileSync(join(root, folder, name), 'utf8')).map((literal) => ({ ...literal, name })),
      ),
  )

const plain = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

/**
 * Every statement that the service can send to a database of this dialect: the statements that its methods send when
 * called, and those written out in the source. `unsent` lists the SQL literals that are part of none of them.
 */
export const everyStatement = async (dialect: Dialect): Promise<{ sent: readonly Statement[]; unsent: string[] }> => {
  const sent = new Map<string, Statement>()
  for (const answer of answers)
    await callEverything(
      {
        query: async <Row>(text: string, params: readonly unknown[], options: { onRepeat?: () => void } = {}) => {
          sent.set(text, { text, params: params.length })
          options.onRepeat?.()
          return answer(text) as Row[]
        },
      },
      dialect,
    )
  const ours = written().filter(({ only }) => only === undefined || only === dialect)
  for (const { text } of ours)
    if (/^\s*(select|insert|update|delete|create|alter)\b/.test(text) && !text.includes('inserted') && !sent.has(text))
      sent.set(text, { text, params: new Set(text.match(/\$\d+/g)).size })
  const all = [...sent.keys()].map(plain)
  const unsent = ours.flatMap(({ name, line, text }) =>
    text
      .split('inserted')
      .map(plain)
      .filter((piece) => !all.some((statement) => statement.includes(piece)))
      .map((piece) => `${name}:${line} ${piece}`),
  )
  return { sent: [...sent.values()], unsent }
}
