import { readlinkSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { hashSync, verifySync } from '@node-rs/argon2'
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'
import type { HashReply, HashRequest } from './hash-messages.ts'

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Guesses an attacker needs, as a power of ten, below which a password is refused: those they try first. */
const MIN_GUESSES_LOG10 = 8
/** The estimate grows faster than the length; what follows only makes a password better. */
const JUDGED_LENGTH = 64

/**
 * Give way to the threads that serve readers. Linux takes the priority of a thread by its id, which only the thread itself
 * can look up. Elsewhere the thread keeps its priority.
 */
const giveWay = (): void => {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1))
    if (thread > 0) setPriority(thread, constants.priority.PRIORITY_LOW)
  } catch {
    // Not Linux, or not allowed.
  }
}
giveWay()

let estimator: ZxcvbnFactory | undefined
const isGuessable = (password: string, known: readonly string[]): boolean => {
  // Loaded with the first new password; signing in does not need it.
  estimator ??= new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs })
  const { guessesLog10 } = estimator.check(
    password.slice(0, JUDGED_LENGTH),
    known.filter((word) => word.length > 2),
  )
  return guessesLog10 < MIN_GUESSES_LOG10
}

const answer = (request: HashRequest): string | boolean => {
  if (request.kind === 'hash') return hashSync(request.password, parameters)
  if (request.kind === 'verify') return verifySync(request.hash, request.password)
  return isGuessable(request.password, request.known)
}

parentPort?.on('message', (request: HashRequest) => {
  let reply: HashReply
  try {
    reply = { id: request.id, value: answer(request) }
  } catch (error) {
    reply = { id: request.id, error: error instanceof Error ? error.message : String(error) }
  }
  parentPort?.postMessage(reply)
})
