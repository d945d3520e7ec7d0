import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { migrations } from '../../../migrations/index.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Logger } from '../../core/ports/logger.ts'
import type { Dialect } from './dialect.ts'
import { ensureEpoch } from './epoch.ts'
import { holdLease } from './lease.ts'
import { repeatable, type Sql } from './sql.ts'
import type { Row } from './sql-row.ts'

type Step = {
  readonly version: number
  readonly step: number
  readonly checksum: string
  readonly text: string
  /** If absent, the step runs on every dialect. */
  readonly only?: Dialect
}

const LEASE = 'migrations'
const WAIT_MS = 200
const GIVE_UP_MS = 120_000

/** Created before any step can be recorded; several nodes may do so at once. */
const bookkeeping = [
  `create table if not exists leases (
    name text not null primary key,
    holder text not null,
    fence int8 not null,
    expires_at timestamptz(3) not null
  )`,
  `create table if not exists schema_migrations (
    version int4 not null,
    step int4 not null,
    checksum text not null,
    applied_at timestamptz(3) not null,
    primary key (version, step)
  )`,
]

const steps: readonly Step[] = migrations.flatMap(({ version, statements }) =>
  statements.map((statement, index) => {
    const { text, only } = typeof statement === 'string' ? { text: statement } : statement
    return { version, step: index + 1, checksum: checksumOf(text), text, ...(only !== undefined && { only }) }
  }),
)

/** Identifies the whole schema of this build; part of the names of prepared databases. */
export const schemaChecksum = (): string => checksumOf(steps.map((step) => step.checksum).join())

/**
 * Bring the schema up to this build's version. Safe on every node at every start: one node applies the missing steps
 * while the others wait. Rejects when the text of an applied step has changed since.
 */
export const migrate = async (
  sql: Sql,
  { dialect = 'postgres', ...o }: { log: Logger; now: Clock; dialect?: Dialect },
): Promise<void> => {
  const startedAt = o.now()
  if ((await missing(sql, dialect)).length > 0) {
    while (!(await holdLease(sql, LEASE, (renew) => apply(sql, renew, { ...o, dialect })))) {
      if (o.now() - startedAt > GIVE_UP_MS) throw new Error('timed out: another node still holds the migration lease')
      await pause(WAIT_MS)
    }
  }
  await ensureEpoch(sql)
}

const apply = async (
  sql: Sql,
  renew: () => Promise<void>,
  o: { log: Logger; now: Clock; dialect: Dialect },
): Promise<void> => {
  for (const step of await missing(sql, o.dialect)) {
    await renew()
    await sql.query(step.text, [], { repeatable: true, noTimeout: true })
    await sql.query(
      `insert into schema_migrations (version, step, checksum, applied_at)
      values ($1::int4, $2::int4, $3::text, $4::timestamptz) on conflict (version, step) do nothing`,
      [step.version, step.step, step.checksum, new Date(o.now()).toISOString()],
      repeatable,
    )
    o.log.debug('migration step applied', { version: step.version, step: step.step })
  }
}

const create = async (sql: Sql, text: string): Promise<void> => {
  await sql.query(text, [], { repeatable: true, noTimeout: true })
}

/** 23505 in the system catalog, 42P07 duplicate table, 42710 duplicate type. */
const alreadyExists = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && /^(23505|42P07|42710)$/.test(String(error.code))

const prepare = async (sql: Sql): Promise<void> => {
  // Checked first, so that a database user without the right to create tables can start once the tables exist.
  const rows = await sql.query<Row>(
    `select t.table_name from information_schema.tables t
    where t.table_schema = current_schema() and t.table_name in ('leases', 'schema_migrations')`,
    [],
  )
  if (rows.length === bookkeeping.length) return
  for (const text of bookkeeping)
    await create(sql, text).catch((error: unknown) => {
      // PostgreSQL's `if not exists` can fail while another node creates the same table; by now it exists.
      if (!alreadyExists(error)) throw error
      return create(sql, text)
    })
}

const missing = async (sql: Sql, dialect: Dialect): Promise<Step[]> => {
  await prepare(sql)
  const rows = await sql.query<Row>(`select m.version, m.step, m.checksum from schema_migrations m`, [])
  const applied = new Map(rows.map((row) => [`${row.version}.${row.step}`, row.checksum]))
  return steps.filter((step) => {
    const checksum = applied.get(`${step.version}.${step.step}`)
    if (checksum !== undefined && checksum !== step.checksum)
      throw new Error(`migration ${step.version}, step ${step.step} has been changed since it was applied`)
    return checksum === undefined && (step.only === undefined || step.only === dialect)
  })
}

function checksumOf(text: string): string {
  return createHash('sha256').update(text.replaceAll(/\s+/g, ' ')).digest('hex').slice(0, 16)
}
