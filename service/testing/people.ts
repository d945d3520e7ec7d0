import { type CommandResult, newId, type ReaderSession, type Snapshot } from '@repartee/sdk/protocol'
import { callControl } from '../src/control/control-client.ts'
import type { OperationInput } from '../src/control/operations.ts'
import { socketPath } from '../src/control/socket-path.ts'
import type { RunningService } from './start-service.ts'
import { call } from './wire-client.ts'

/** Register a site through a node's control socket. Its rate limits are out of reach unless `input` lowers them. */
export const registerSite = async (
  service: Pick<RunningService, 'dataDir'>,
  input: Partial<OperationInput<'site.create'>> = {},
): Promise<string> => {
  const answer = await callControl(socketPath(service.dataDir), 'site.create', {
    name: 'A site',
    origins: ['https://blog.example'],
    ...input,
    settings: { commentsPerMinute: 100_000, duplicateWindowMs: 0, ...input.settings },
  })
  if (answer === null) throw new Error('nothing listens on the control socket')
  return (answer.result as { publicKey: string }).publicKey
}

export const operate = async (service: RunningService, name: string, input: unknown): Promise<unknown> =>
  (await callControl(socketPath(service.dataDir), name, input))?.result

/** Sign in as a guest. */
export const guest = async (service: RunningService, site: string, name = 'A reader'): Promise<ReaderSession> =>
  (await call<ReaderSession>('POST', `${service.api}/sites/${site}/readers/guest`, { body: { name } })).body

export const openThread = async (service: RunningService, site: string, page = `/${newId()}`): Promise<Snapshot> =>
  (await call<Snapshot>('GET', `${service.api}/sites/${site}/thread?page=${encodeURIComponent(page)}`)).body

/** Post a comment over HTTP; throws unless it is stored. */
export const post = async (
  service: RunningService,
  o: { site: string; thread: string; token: string; body?: string; parentId?: string; key?: string },
): Promise<CommandResult<'comment.create'>> => {
  const { site, thread, token, body = 'Hello', key = newId(), parentId } = o
  const answer = await call<CommandResult<'comment.create'>>(
    'POST',
    `${service.api}/sites/${site}/threads/${thread}/comments`,
    {
      token,
      body: { key, body, ...(parentId !== undefined && { parentId }) },
    },
  )
  if (answer.status !== 201 && answer.status !== 200) throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body
}
