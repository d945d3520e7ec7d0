import type { ErrorCode } from '../src/protocol/errors.ts'
import type { ConnectionState } from '../src/realtime/connection-table.ts'

/** How the service greets: a ping after this much silence. */
export const PING_MS = 20_011

type Timer = { readonly name: string; readonly at: number; fire(): void }
type Hello = { readonly token: string | undefined; readonly name: string }
export type Outcome = 'pending' | 'answered' | 'unavailable'

/** What a refused `hello` means for the client. */
const meaning = (code: ErrorCode): 'final' | 'token' | 'failure' => {
  if (code === 'token_expired' || code === 'token_invalid') return 'token'
  const final: readonly ErrorCode[] = ['unsupported_version', 'site_not_found', 'origin_not_allowed', 'invalid_request']
  return final.includes(code) ? 'final' : 'failure'
}

/**
 * The rules of the connection, with counters and flags in place of the table: two failures in a row start polling, a
 * connection that lasted 10 s resets the backoff, and so on. It has its own clock and fires its own timers.
 */
export const createConnectionModel = (hasWebSocket: boolean) => {
  let timers: Timer[] = []
  let helloCount = 0
  const model = {
    now: 0,
    wanted: false,
    ended: false,
    isForbidden: false,
    /** Sockets made so far. */
    opened: 0,
    socket: 'none' as 'none' | 'opening' | 'greeting' | 'live',
    pinging: false,
    pings: 0,
    hellos: [] as Hello[],
    welcomes: 0,
    renewed: false,
    token: 'a' as string | undefined,
    /** WebSockets that failed in a row. */
    failures: 0,
    polling: false,
    /** The service gave the time of the next connection. */
    isTimeGiven: false,
    worksSince: 0,
    /** Waits since a success. */
    waits: 0,
    requests: [] as { outcome: Outcome; readonly name: string }[],

    shown(): ConnectionState {
      if (model.ended) return 'closed'
      if (!model.wanted) return 'idle'
      if (model.polling) return 'polling'
      if (model.socket === 'live') return 'live'
      return model.socket === 'none' ? 'waiting' : 'connecting'
    },
    /** Timers of the connection and its link, not of requests. */
    isQuiet: () => timers.length === 0,

    start() {
      if (model.ended || model.wanted) return
      model.wanted = true
      model.connect()
    },
    stop() {
      if (!model.ended) model.release()
    },
    close() {
      model.release()
      model.ended = true
    },
    connect() {
      model.dropSocket()
      model.cancel('retry')
      model.isTimeGiven = false
      if (!hasWebSocket || model.isForbidden) return model.poll()
      model.socket = 'opening'
      model.opened += 1
      model.renewed = false
      model.arm('link', 8_000, () => model.fail())
    },
    open() {
      model.socket = 'greeting'
      model.greet()
    },
    greet() {
      helloCount += 1
      const name = `hello ${helloCount}`
      model.hellos.push({ token: model.token, name })
      model.arm(name, 8_000, () => model.fail())
    },
    changeToken(token: string | undefined) {
      model.token = token
      if (model.socket === 'greeting' || model.socket === 'live') model.greet()
    },
    takeHello(): Hello | undefined {
      const hello = model.hellos.shift()
      if (hello) model.cancel(hello.name)
      return hello
    },
    hear() {
      if (model.socket === 'live') model.listen()
    },
    listen() {
      model.pinging = false
      model.arm('link', PING_MS, () => model.ping(PING_MS))
    },
    ping(patienceMs: number) {
      model.pinging = true
      model.pings += 1
      model.arm('link', patienceMs, () => model.fail())
    },
    welcome() {
      model.hear()
      model.takeHello()
      model.renewed = false
      if (model.socket === 'live') return
      model.socket = 'live'
      model.welcomes += 1
      model.failures = 0
      model.worksSince = model.now
      model.polling = false
      model.listen()
    },
    /** `canRenew`: whether the service accepts the reader's credential. */
    refuse(code: ErrorCode, retryAfterMs: number | undefined, canRenew: boolean) {
      model.hear()
      const hello = model.takeHello()
      const kind = meaning(code)
      if (kind === 'final') return model.close()
      if (kind !== 'token' || hello?.token === undefined || model.renewed) return model.fail(retryAfterMs)
      model.renewed = true
      if (hello.token !== model.token) return
      if (canRenew) model.changeToken(`renewed ${hello.token}`)
      else model.fail()
    },
    /** The socket is lost, and another one may work. */
    fail(retryAfterMs?: number) {
      const wasLive = model.socket === 'live'
      model.dropSocket()
      if (wasLive) model.forgive()
      if (model.polling) return model.poll()
      if (wasLive) {
        model.failures = 0
        if (!model.isTimeGiven) model.wait(retryAfterMs)
        return
      }
      model.failures += 1
      if (model.failures >= 2) model.poll()
      else model.wait(retryAfterMs)
    },
    poll() {
      if (!model.polling) model.worksSince = model.now
      model.polling = true
      if (hasWebSocket) model.arm('retry', 60_000, model.connect)
    },
    failPolling(retryAfterMs?: number) {
      model.polling = false
      model.forgive()
      model.failures = 1
      if (model.socket === 'none') model.wait(retryAfterMs)
    },
    forgive() {
      if (model.now - model.worksSince >= 10_000) model.waits = 0
    },
    wait(retryAfterMs = 0) {
      const ceilingMs = Math.min(30_000, 500 * 2 ** model.waits)
      model.waits += 1
      model.arm('retry', retryAfterMs + ceilingMs, model.connect)
    },
    move(afterMs: number) {
      model.hear()
      if (model.socket !== 'live') {
        model.dropSocket()
        model.failures = 0
      }
      if (!model.polling) model.isTimeGiven = true
      model.arm('retry', afterMs, model.connect)
    },
    wake() {
      if (model.ended || !model.wanted) return
      if (model.socket === 'live') {
        if (!model.pinging) model.ping(3_000)
      } else if (model.socket === 'none' && !model.isTimeGiven) model.connect()
    },
    request() {
      const request = { outcome: 'pending' as Outcome, name: `request ${model.requests.length}` }
      model.requests.push(request)
      model.arm(request.name, 8_000, () => {
        request.outcome = 'unavailable'
      })
    },
    answer() {
      model.hear()
      const request = model.requests.find(({ outcome }) => outcome === 'pending')
      if (!request) return
      request.outcome = 'answered'
      model.cancel(request.name)
    },
    dropSocket() {
      model.socket = 'none'
      model.pinging = false
      for (const { name } of model.hellos.splice(0)) model.cancel(name)
      for (const request of model.requests)
        if (request.outcome === 'pending') {
          request.outcome = 'unavailable'
          model.cancel(request.name)
        }
      model.cancel('link')
    },
    release() {
      model.dropSocket()
      model.cancel('retry')
      model.polling = false
      model.isTimeGiven = false
      model.failures = 0
      model.wanted = false
    },
    arm(name: string, afterMs: number, fire: () => void) {
      model.cancel(name)
      timers.push({ name, at: model.now + afterMs, fire })
    },
    cancel(name: string) {
      timers = timers.filter((timer) => timer.name !== name)
    },
    advance(ms: number) {
      const until = model.now + ms
      for (;;) {
        // Of timers due at the same time, the one set first fires first.
        const due = timers.filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0]
        if (!due) break
        model.now = due.at
        model.cancel(due.name)
        due.fire()
      }
      model.now = until
    },
  }
  return model
}

export type ConnectionModel = ReturnType<typeof createConnectionModel>
