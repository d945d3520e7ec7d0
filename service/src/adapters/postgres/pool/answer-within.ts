import { QueryTimeoutError } from '../retry/statement-errors.ts'

/** The result of `work`, or rejects with `QueryTimeoutError`; the caller must then discard the connection. */
export const answerWithin = async <T>(limitMs: number, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new QueryTimeoutError(`no answer within ${limitMs} ms`)), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
    // It may still reject after the limit, when nothing awaits it.
    work.catch(() => undefined)
  }
}
