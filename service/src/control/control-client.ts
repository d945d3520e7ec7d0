import { request } from 'node:http'
import { connect } from 'node:net'
import { isErrorCode, ReparteeError } from '@repartee/sdk/protocol'
import { AdminError, isAdminErrorCode } from '@repartee/sdk/protocol/admin'

const errorOf = ({ code, message }: { code: string; message: string }): Error =>
  isAdminErrorCode(code)
    ? new AdminError(code, message)
    : new ReparteeError(isErrorCode(code) ? code : 'internal', message)

/** Whether a process serves this data folder. Rejects where this user may not ask. */
export const hasService = (path: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (isAbsent(error)) resolve(false)
      else reject(explain(error, path))
    })
  })

const isAbsent = ({ code }: NodeJS.ErrnoException): boolean => code === 'ENOENT' || code === 'ECONNREFUSED'

const explain = (error: NodeJS.ErrnoException, path: string): Error =>
  error.code === 'EACCES'
    ? new Error(`cannot reach the service through ${path}: run this as the user that runs the service, or as root`)
    : error

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
        else reject(errorOf(answer.error))
      })
    })
    call.on('error', (error: NodeJS.ErrnoException) => {
      if (isAbsent(error)) resolve(null)
      else reject(explain(error, path))
    })
    call.end(JSON.stringify(input))
  })
