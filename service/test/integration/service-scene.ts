import type { ReaderSession } from '@repartee/sdk/protocol'
import { guest, openThread, operate, post, registerSite } from '../../testing/people.ts'
import type { RunningService } from '../../testing/start-service.ts'
import { call, connect, type WireClient } from '../../testing/wire-client.ts'

export const ORIGIN = 'https://blog.example'

/** A comment, its place and its author's token. */
type Place = { readonly site: string; readonly thread: string; readonly comment: string; readonly token: string }

/** A site with everything that an invalid request may refer to. */
export type Scene = {
  readonly site: string
  readonly page: string
  readonly thread: string
  readonly reader: ReaderSession
  readonly other: ReaderSession
  /** By `reader`. */
  readonly approved: string
  /** A tombstone. */
  readonly deleted: string
  /** A closed thread. */
  readonly closed: string
  /** On another site. */
  readonly foreign: Place
  /** A pending comment on a site with premoderation; `neighbour` is another reader of that site. */
  readonly pending: Place
  readonly neighbour: ReaderSession
}

/** A WebSocket after hello. */
export const greeted = async (service: RunningService, site: string, token?: string): Promise<WireClient> => {
  const client = await connect(service.api, { origin: ORIGIN })
  await client.ask({ type: 'hello', site, version: 1, ...(token !== undefined && { token }) })
  return client
}

const makePlace = async (service: RunningService, settings: Record<string, unknown> = {}): Promise<Place> => {
  const site = await registerSite(service, { settings })
  const thread = (await openThread(service, site)).thread.id
  const { token } = await guest(service, site)
  return { site, thread, comment: (await post(service, { site, thread, token })).comment.id, token }
}

export const makeScene = async (service: RunningService): Promise<Scene> => {
  const site = await registerSite(service)
  const opened = await openThread(service, site)
  const thread = opened.thread.id
  const [reader, other] = [await guest(service, site, 'First'), await guest(service, site, 'Second')]
  const { token } = reader
  const approved = (await post(service, { site, thread, token })).comment.id
  const deleted = (await post(service, { site, thread, token, body: 'to be deleted' })).comment.id
  await post(service, { site, thread, token, body: 'keeps it as a tombstone', parentId: deleted })
  await call('DELETE', `${service.api}/sites/${site}/threads/${thread}/comments/${deleted}`, { token })
  const toClose = (await openThread(service, site)).thread
  await operate(service, 'thread.setClosed', { site, page: toClose.page, closed: true })
  const pending = await makePlace(service, { premoderation: 'all' })
  return {
    site,
    page: opened.thread.page,
    thread,
    reader,
    other,
    approved,
    deleted,
    closed: toClose.id,
    foreign: await makePlace(service),
    pending,
    neighbour: await guest(service, pending.site, 'Neighbour'),
  }
}
