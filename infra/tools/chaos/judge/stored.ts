import { openPostgres } from '@repartee/service/postgres/pool/open-postgres'
import { noMetrics } from '@repartee/service/testing/no-metrics'
import { silent } from '@repartee/service/testing/silent'

/** One comment as stored in the database. */
export type StoredRow = {
  readonly id: string
  readonly thread: string
  readonly key: string
  readonly parentId: string | null
  readonly seq: number
  readonly createdSeq: number
  readonly body: string
  readonly html: string
  readonly listed: boolean
  readonly deleted: boolean
  readonly edited: boolean
  readonly reactions: Readonly<Record<string, number>>
  readonly replyCount: number
}

export type StoredThread = {
  readonly id: string
  readonly head: number
  readonly commentCount: number
  /** In order of creation. */
  readonly rows: readonly StoredRow[]
}

/** The database, read directly: neither through a proxy nor through the service. */
export type Database = {
  /** Highest seq of every thread. */
  heads(): Promise<ReadonlyMap<string, number>>
  threads(ids: readonly string[]): Promise<readonly StoredThread[]>
  /** Earlier texts of edited comments, as HTML. */
  revisions(): Promise<readonly { readonly id: string; readonly html: string }[]>
  close(): Promise<void>
}

type Row = Omit<StoredRow, 'seq' | 'createdSeq' | 'replyCount'> & Record<'seq' | 'createdSeq' | 'replyCount', string>

const ROWS = `select c.id, c.thread_id as thread, c.key, c.parent_id as "parentId", c.seq, c.created_seq as "createdSeq",
  c.body, c.html, c.listed, c.deleted_at is not null as deleted, c.edited_at is not null as edited, c.reactions,
  coalesce(r.replies, 0) as "replyCount"
  from comments c left join reply_counts r
    on r.site_id = c.site_id and r.thread_id = c.thread_id and r.comment_id = c.id
  where c.thread_id = $1::uuid order by c.created_seq`

/** Connect to the database. */
export const openDatabase = async (url: string): Promise<Database> => {
  const { sql, close } = await openPostgres({ url, log: silent, metrics: noMetrics, now: Date.now, maxConnections: 2 })
  type Head = { readonly thread: string; readonly seq: string; readonly comments: string }
  const heads = (): Promise<Head[]> =>
    sql.query<Head>('select h.thread_id as thread, h.seq, h.comment_count as comments from thread_heads h', [])
  return {
    heads: async () => new Map((await heads()).map(({ thread, seq }) => [thread, Number(seq)])),
    async threads(ids) {
      const found: StoredThread[] = []
      for (const { thread: id, seq, comments } of await heads()) {
        if (!ids.includes(id)) continue
        const rows = await sql.query<Row>(ROWS, [id], { noTimeout: true })
        found.push({
          id,
          head: Number(seq),
          commentCount: Number(comments),
          rows: rows.map((row) => ({
            ...row,
            seq: Number(row.seq),
            createdSeq: Number(row.createdSeq),
            replyCount: Number(row.replyCount),
          })),
        })
      }
      return found
    },
    revisions: () =>
      sql.query<{ id: string; html: string }>('select r.comment_id as id, r.html from revisions r', [], {
        noTimeout: true,
      }),
    close,
  }
}
