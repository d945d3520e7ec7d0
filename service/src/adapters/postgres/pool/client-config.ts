import type { ConnectionOptions } from 'node:tls'
import pg from 'pg'
import type { Address, ConnectionUrl } from './connection-url.ts'

/** Isolation levels a session can be forced to. By default the server decides; the statements are correct at either. */
export type Isolation = 'read committed' | 'serializable'

/** The server's limit is shorter than ours, so a slow statement costs us its connection only when the server hangs. */
export const STATEMENT_MS = 3_000
export const ANSWER_MS = 4_000
export const CONNECT_MS = 2_000

const INT8 = 20

/** A number where it is exact. */
const readInt8 = (text: string): number | bigint => {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format: 'text' | 'binary') =>
    oid === INT8 && format !== 'binary'
      ? readInt8
      : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
}

/** Options of every connection to one host. With `noTimeout`, statements have no time limit. */
export const clientConfig = (
  url: Pick<ConnectionUrl, 'user' | 'password' | 'database' | 'applicationName'>,
  address: Address,
  o: { ssl: ConnectionOptions | false; isolation?: Isolation | undefined; noTimeout?: boolean },
): pg.ClientConfig => ({
  host: address.host,
  port: address.port,
  ...(url.user !== undefined && { user: url.user }),
  // Without a password, pg would read ~/.pgpass.
  password: url.password ?? '',
  ...(url.database !== undefined && { database: url.database }),
  // A copy, because pg modifies it.
  ssl: o.ssl === false ? false : { ...o.ssl },
  application_name: url.applicationName,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  connectionTimeoutMillis: CONNECT_MS,
  ...(o.noTimeout !== true && { statement_timeout: STATEMENT_MS }),
  lock_timeout: 2_000,
  idle_in_transaction_session_timeout: 10_000,
  ...(o.isolation !== undefined && {
    options: `-c default_transaction_isolation=${o.isolation.replace(' ', '\\ ')}`,
  }),
  types,
})
