import { parseJson, ReparteeError } from '@repartee/sdk/protocol'
import type { HttpRequest } from './http.ts'

/** Read and parse a JSON body. `beacon` also takes it as text/plain, which is all that beacons can send. */
export const readJsonBody = async (request: HttpRequest, beacon = false): Promise<unknown> => {
  const type = /^\s*([^\s;]*)\s*(?:;|$)/.exec(request.header('content-type'))?.[1]?.toLowerCase()
  if (type !== 'application/json' && !(beacon && type === 'text/plain'))
    throw new ReparteeError('unsupported_media_type', 'content-type: expected application/json')
  return parseJson((await request.body()).toString('utf8'))
}
