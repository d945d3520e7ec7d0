import { Agent } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { newId, type ReaderSession } from '@repartee/sdk/protocol'
import type { Sender } from './answer.ts'
import { createHttpSender, exchange } from './http-sender.ts'
import type { Ledger } from './ledger.ts'
import { createSocketSender } from './socket-sender.ts'

/** A thread that posters post to. */
export type PostedThread = {
  readonly id: string
  readonly site: string
  /** Whether comments are also edited and deleted here. */
  readonly mixed: boolean
}

/** Many clients that post one comment at a time, and send each again with the same key until it is answered. */
export type Posters = {
  /** Start no new comment; resolves when every poster has its answer or `withinMs` has passed. */
  finish(withinMs: number): Promise<void>
}

/** Tokens live ten minutes. A poster signs in again between comments, so that each comment has one identity. */
const SESSION_MS = 5 * 60_000
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 1_500
const REPLY_SHARE = 0.15
/** Every third poster uses a WebSocket, the others HTTP. */
const SOCKET_EVERY = 3

type Options = {
  readonly urls: readonly string[]
  readonly threads: readonly PostedThread[]
  readonly count: number
  /** Comments per second of all posters together, while nothing fails. */
  readonly perSecond: number
  readonly ledger: Ledger
}

/** Start the posters, spread evenly over the threads. */
export const startPosters = (o: Options): Posters => {
  const agent = new Agent({ keepAlive: true, maxSockets: o.count * 2 })
  const everyMs = (o.count * 1_000) / o.perSecond
  const latest = new Map<string, string>()
  let finishing = false
  let givingUp = false

  const signIn = async (site: string, name: string): Promise<string> => {
    for (let tries = 0; !givingUp; tries += 1) {
      const url = `${o.urls[tries % o.urls.length]}/api/v1/sites/${site}/readers/guest`
      const answer = await exchange(url, { agent, method: 'POST', body: { name } }).catch(() => null)
      if (answer?.status === 200 || answer?.status === 201) return (JSON.parse(answer.text) as ReaderSession).token
      if (answer !== null && answer.status < 500 && answer.status !== 429)
        o.ledger.refuse(`guest: ${answer.status} ${answer.text.slice(0, 200)}`)
      await pause(FIRST_PAUSE_MS + Math.random() * LONGEST_PAUSE_MS)
    }
    return ''
  }

  const post = async (sender: Sender, thread: PostedThread, body: string): Promise<void> => {
    const key = newId()
    const parent = latest.get(thread.id)
    const parentId = !thread.mixed && parent !== undefined && Math.random() < REPLY_SHARE ? parent : null
    o.ledger.ask(key, thread.id, body)
    for (let tries = 0; !givingUp; tries += 1) {
      const answer = await sender.send({ key, thread: thread.id, body, parentId })
      if (answer.type === 'stored') {
        o.ledger.acknowledge(key, answer.comment.id, answer.comment.createdSeq)
        if (parentId === null) latest.set(thread.id, answer.comment.id)
        return
      }
      if (answer.type === 'refused') {
        o.ledger.refuse(`${key} in ${thread.id}: ${answer.code}`)
        return
      }
      o.ledger.retry(answer.cause)
      await pause(answer.afterMs + Math.random() * Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries))
    }
  }

  const poster = async (index: number): Promise<void> => {
    const thread = o.threads[index % o.threads.length]
    if (thread === undefined) return
    const { site } = thread
    const create = index % SOCKET_EVERY === 0 ? createSocketSender : createHttpSender
    let sender: Sender | undefined
    let signedInAt = 0
    let nextAt = Date.now() + Math.random() * everyMs
    for (let number = 1; !finishing; number += 1) {
      await pause(Math.max(0, nextAt - Date.now()))
      nextAt = Math.max(Date.now(), nextAt + everyMs)
      if (sender === undefined || Date.now() - signedInAt > SESSION_MS) {
        sender?.close()
        signedInAt = Date.now()
        sender = create({ urls: o.urls, site, token: await signIn(site, `Poster ${index}`), agent })
      }
      if (!finishing) await post(sender, thread, `poster ${index} comment ${number}`)
    }
    sender?.close()
  }
  const all = Promise.all(Array.from({ length: o.count }, (_, index) => poster(index)))

  return {
    async finish(withinMs) {
      finishing = true
      const timer = setTimeout(() => {
        givingUp = true
      }, withinMs)
      await all
      clearTimeout(timer)
      agent.destroy()
    },
  }
}
