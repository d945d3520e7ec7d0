import { chmod, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import { ReparteeError } from '@repartee/sdk/protocol'
import { AdminError } from '@repartee/sdk/protocol/admin'
import type { Logger } from '../core/ports/logger.ts'
import type { OperatorDeps } from './operation.ts'
import { runOperation } from './run-operation.ts'

const MAX_BYTES = 1_000_000

const readJson = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += (chunk as Buffer).length
    if (size > MAX_BYTES) throw new ReparteeError('payload_too_large')
    chunks.push(chunk as Buffer)
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'))
}

/**
 * Let the command line act through the process that has the database open. Access to the socket is the authorisation: it
 * is in a folder that only its owner can enter, and not reachable over a network.
 */
export const startControlServer = async (
  path: string,
  deps: OperatorDeps,
  log: Logger,
): Promise<() => Promise<void>> => {
  const server = createServer(async (request, response) => {
    const name = request.url?.slice(1) ?? ''
    try {
      const result = await runOperation(deps, name, await readJson(request))
      log.info('operation', { name })
      response.end(JSON.stringify({ result }))
    } catch (error) {
      const known = error instanceof ReparteeError || error instanceof AdminError
      if (!known) log.error('operation failed', { name, error: String(error) })
      response.statusCode = known ? error.status : 500
      response.end(
        JSON.stringify({
          error: known ? { code: error.code, message: error.message } : { code: 'internal', message: 'internal error' },
        }),
      )
    }
  })
  await rm(path, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })
  if (process.platform !== 'win32') await chmod(path, 0o600)
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
}
