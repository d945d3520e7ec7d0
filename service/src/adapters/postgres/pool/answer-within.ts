import { NoAnswer } from './failure.ts'

/** What `work` comes to, or `NoAnswer` after `limitMs`; the caller then gives up whatever does the work. */
export const answerWithin = async <T>(limitMs: number, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`no answer within ${limitMs} ms`)), limitMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
    // It may still fail, with nobody left to hear it.
    work.catch(() => undefined)
  }
}
