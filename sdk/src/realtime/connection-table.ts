/**
 * What a client's owner sees. idle: nothing is subscribed · connecting: first attempts · live: welcomed ·
 * polling: WebSocket does not work here · waiting: between attempts · closed: by the owner, or the service refused
 * this client for good
 */
export type ConnectionState = 'idle' | 'connecting' | 'live' | 'polling' | 'waiting' | 'closed'

/** The states behind it. `…Again` means: one WebSocket has failed, and if the next one fails too, the client polls. */
export type Phase =
  | 'idle'
  | 'connecting'
  | 'connectingAgain'
  | 'waiting'
  | 'waitingAgain'
  | 'live'
  /** Live, and to be left for another node when the timer runs out. */
  | 'moving'
  /** The node closed before that. The next connection is due when the timer runs out, and not earlier. */
  | 'moved'
  | 'polling'
  /** Polling, while a WebSocket is tried. */
  | 'upgrading'
  | 'closed'

export type ConnectionEvent =
  /** The first subscription was made. */
  | 'start'
  /** The last subscription was closed. */
  | 'stop'
  /** The client was closed. */
  | 'close'
  /** No WebSocket may be opened here: the platform has none, or a content security policy forbids the address. */
  | 'blocked'
  /** The service accepted this client on the link. */
  | 'welcomed'
  /** The link ended, and a new one may succeed. */
  | 'failed'
  /** The service refused this client for good. */
  | 'rejected'
  /** The service asked to move to another node, after a time it gave. */
  | 'moveRequested'
  /** The timer of the state ran out. */
  | 'timeout'
  /** The service cannot be reached by polling either. */
  | 'pollingFailed'
  /** The browser came back online, or the page became visible. */
  | 'woken'

export type ConnectionEffect =
  | 'watchWakeEvents'
  /** Open a WebSocket. Closes the one there was, and clears the timer. */
  | 'openLink'
  | 'closeLink'
  | 'startPolling'
  | 'stopPolling'
  /** Subscribe every thread on the live link. */
  | 'subscribe'
  /** Check that the live link still works. */
  | 'probe'
  /** Start the timer with a random time that grows from attempt to attempt. */
  | 'waitBackoff'
  /** Start the timer with the time the service asked for. */
  | 'waitAsAsked'
  /** Start the timer of the next WebSocket attempt while polling. */
  | 'waitToUpgrade'
  /** Forget earlier failures, if what has ended now worked for a while. */
  | 'resetBackoffIfStable'
  /** Close the link, stop polling, clear the timer and remove the listeners. */
  | 'end'

/** What the client's owner sees of each phase. */
export const shownAs: Readonly<Record<Phase, ConnectionState>> = {
  idle: 'idle',
  connecting: 'connecting',
  connectingAgain: 'connecting',
  waiting: 'waiting',
  waitingAgain: 'waiting',
  live: 'live',
  moving: 'live',
  moved: 'waiting',
  polling: 'polling',
  upgrading: 'polling',
  closed: 'closed',
}

/** What follows an event: the next phase, and the effects to perform in it, in order. */
export type Transition = readonly [next: Phase, ...effects: ConnectionEffect[]]

/**
 * The transitions of one phase. `Impossible` names the events that cannot happen in it, `Ignored` those that change
 * nothing. An event that is neither named nor given a transition does not compile.
 */
export type Row<Impossible extends ConnectionEvent, Ignored extends ConnectionEvent = never> = Readonly<
  Record<Exclude<ConnectionEvent, Impossible | Ignored>, Transition>
>

/** Events that are impossible without a link, without polling and without a timer. */
type LinkEvents = 'blocked' | 'welcomed' | 'failed' | 'rejected' | 'moveRequested'
type PollingEvents = 'pollingFailed'
type TimerEvents = 'timeout'

const close = ['closed', 'end'] as const
/** What ends a started connection, and one that has a link. */
const ends = { stop: ['idle', 'end'], close } as const
const linkEnds = { ...ends, rejected: close } as const
const connect = ['connecting', 'openLink'] as const
const connectAgain = ['connectingAgain', 'openLink'] as const
const upgrade = ['upgrading', 'openLink'] as const
const poll = ['polling', 'startPolling', 'waitToUpgrade'] as const

/** What the connection does on every event in every phase. */
export const connectionTable = {
  idle: {
    start: ['connecting', 'watchWakeEvents', 'openLink'],
    close,
  } satisfies Row<LinkEvents | PollingEvents | TimerEvents | 'woken', 'stop'>,
  connecting: {
    ...linkEnds,
    blocked: poll,
    welcomed: ['live', 'subscribe'],
    failed: ['waitingAgain', 'waitBackoff'],
    moveRequested: ['moved', 'closeLink', 'waitAsAsked'],
  } satisfies Row<PollingEvents | TimerEvents, 'start' | 'woken'>,
  connectingAgain: {
    ...linkEnds,
    blocked: poll,
    welcomed: ['live', 'subscribe'],
    failed: poll,
    moveRequested: ['moved', 'closeLink', 'waitAsAsked'],
  } satisfies Row<PollingEvents | TimerEvents, 'start' | 'woken'>,
  waiting: {
    ...ends,
    timeout: connect,
    woken: connect,
  } satisfies Row<LinkEvents | PollingEvents, 'start'>,
  waitingAgain: {
    ...ends,
    timeout: connectAgain,
    woken: connectAgain,
  } satisfies Row<LinkEvents | PollingEvents, 'start'>,
  live: {
    ...linkEnds,
    failed: ['waiting', 'resetBackoffIfStable', 'waitBackoff'],
    moveRequested: ['moving', 'waitAsAsked'],
    woken: ['live', 'probe'],
  } satisfies Row<PollingEvents | TimerEvents | 'blocked' | 'welcomed', 'start'>,
  moving: {
    ...linkEnds,
    failed: ['moved', 'resetBackoffIfStable'],
    moveRequested: ['moving', 'waitAsAsked'],
    timeout: connect,
    woken: ['moving', 'probe'],
  } satisfies Row<PollingEvents | 'blocked' | 'welcomed', 'start'>,
  moved: {
    ...ends,
    timeout: connect,
  } satisfies Row<LinkEvents | PollingEvents, 'start' | 'woken'>,
  polling: {
    ...ends,
    timeout: upgrade,
    pollingFailed: ['waitingAgain', 'stopPolling', 'resetBackoffIfStable', 'waitBackoff'],
    woken: upgrade,
  } satisfies Row<LinkEvents, 'start'>,
  upgrading: {
    ...linkEnds,
    blocked: ['polling', 'waitToUpgrade'],
    welcomed: ['live', 'stopPolling', 'subscribe'],
    failed: ['polling', 'waitToUpgrade'],
    moveRequested: ['polling', 'closeLink', 'waitAsAsked'],
    pollingFailed: ['connectingAgain', 'stopPolling', 'resetBackoffIfStable'],
  } satisfies Row<TimerEvents, 'start' | 'woken'>,
  closed: {} satisfies Row<LinkEvents | PollingEvents | TimerEvents | 'woken', 'start' | 'stop' | 'close'>,
} satisfies Record<Phase, Readonly<Partial<Record<ConnectionEvent, Transition>>>>
