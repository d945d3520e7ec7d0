import { request } from 'node:http'
import { isErrorCode, ReparteeError } from '@repartee/sdk/protocol'

/** Run an operation in the process that serves this data folder; `null` if there is none. */
export const callControl = (path: string, name: string, input: unknown): Promise<{ result: unknown } | null> =>
  new Promise((resolve, reject) => {
    const call = request({ socketPath: path, path: `/${name}`, method: 'POST' }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const answer = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
          result?: unknown
          error?: { code: string; message: string }
        }
        if (answer.error === undefined) resolve({ result: answer.result })
        else
          reject(
            new ReparteeError(isErrorCode(answer.error.code) ? answer.error.code : 'internal', answer.error.message),
          )
      })
    })
    call.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(null)
      else if (error.code === 'EACCES')
        reject(
          new Error(`cannot reach the service through ${path}: run this as the user that runs the service, or as root`),
        )
      else reject(error)
    })
    call.end(JSON.stringify(input))
  })
