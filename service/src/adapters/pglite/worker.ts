import { cpSync, openAsBlob, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import type { Answer, Ask, Ready, WorkerInput } from './worker-messages.ts'

/*
 * The database's own thread. PGlite runs each statement synchronously, so it must not run on the thread that serves
 * sockets.
 */

/** The defaults reserve memory for a hundred connections on a large machine. These save an idle service 110 MB. */
const settings = ['shared_buffers=32MB', 'wal_buffers=1MB', 'max_connections=5', 'max_wal_size=64MB']

const port = parentPort
if (port === null) throw new Error('the database worker was started outside a worker thread')
const { folder, seed } = workerData as WorkerInput

const db = await PGlite.create({
  ...(folder !== null && { dataDir: folder }),
  ...(seed !== null && { loadDataDir: await openAsBlob(seed, { type: 'application/gzip' }) }),
  // Small log segments: every backup carries at least two.
  initDbStartParams: ['--wal-segsize=4'],
  startParams: [...PGlite.defaultStartParams, ...settings.flatMap((setting) => ['-c', setting])],
})

/** No statement runs while the files are copied, so the copy is what a killed process would leave behind. */
const copy = (to: string): void => {
  if (folder === null) throw new Error('a database in memory has no files to copy')
  cpSync(folder, to, { recursive: true })
  rmSync(join(to, 'postmaster.pid'), { force: true })
}

const answer = async (ask: Ask): Promise<unknown[]> => {
  switch (ask.op) {
    case 'query':
      return (await db.query<unknown>(ask.text, [...ask.params])).rows
    case 'copy':
      await db.exec('checkpoint')
      copy(ask.to)
      return []
    case 'close':
      await db.close()
      return []
  }
}

/** Whether the engine crashed rather than the statement failed. A crashed engine must not run anything else. */
const hasCrashed = (error: unknown): boolean =>
  db.closed || (error instanceof Error && (error.name === 'RuntimeError' || error.name === 'ExitStatus'))

const fault = (error: unknown): { message: string; code?: string } => ({
  message: error instanceof Error ? error.message : String(error),
  ...(typeof error === 'object' && error !== null && 'code' in error && { code: String(error.code) }),
})

let last: Promise<void> = Promise.resolve()
port.on('message', (ask: Ask) => {
  last = last.then(async () => {
    const reply: Answer = await answer(ask).then(
      (rows) => ({ id: ask.id, rows }),
      (error: unknown) => {
        if (hasCrashed(error)) process.exit(1)
        return { id: ask.id, error: fault(error) }
      },
    )
    port.postMessage(reply)
    if (ask.op === 'close') port.close()
  })
})
port.postMessage({ ready: true } satisfies Ready)
