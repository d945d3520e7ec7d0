/** Where the feed of one thread on one node stands. */
export type FeedState =
  /** There is no position: nobody has subscribed yet, or all subscribers were told to reload. */
  | 'unpositioned'
  /** Everything up to `head` was sent, and nothing is known to be missing. */
  | 'live'
  /** There are frames that start after `head`; those in between may only be late. */
  | 'reordering'
  /** The missing changes are being read from the store. */
  | 'catchingUp'
  /** As `catchingUp`, but an early frame arrived after the read began, which may not cover what precedes that frame. */
  | 'catchingUpAgain'
  /** The store could not be read; the next attempt is scheduled. */
  | 'retrying'
  | 'closed'

/** What happens to a feed. A frame that ends at or before `head` is a duplicate and not an event. */
export type FeedEvent =
  /** The first subscriber knows everything up to a position. */
  | 'start'
  /** A frame that starts at or before `head` and ends after it; without a position, any frame. */
  | 'next'
  /** A frame that starts after `head`. */
  | 'early'
  /** All early frames were sent. */
  | 'filled'
  | 'timer'
  /** The store has changes that were not sent. */
  | 'catchUp'
  /** The store was read up to its head. */
  | 'caughtUp'
  /** The store could not be read. */
  | 'failed'
  /** Positions are not valid any more. */
  | 'reload'
  | 'close'

type CommonEffect =
  /** Start the timer: late frames get a moment to arrive. */
  | 'awaitFrames'
  /** Start the timer: the store gets a moment to come back. */
  | 'awaitStore'
  | 'stopTimer'
  /** Read the store from `head` on; ends in `caughtUp`, `failed` or `reload`. */
  | 'read'
  /** Drop the early frames: the store does not have what precedes them. */
  | 'dropEarly'
  /** Forget the position and everything that depends on it, and tell all subscribers to reload. */
  | 'reset'
  /** Forget the position and wake all who wait for it to advance. */
  | 'end'

type EffectOf<E extends FeedEvent> =
  | CommonEffect
  /** Take over the position. */
  | (E extends 'start' ? 'setPosition' : never)
  /** Send the frame and the early ones that follow it. */
  | (E extends 'next' ? 'send' : never)
  /** Keep the frame until what precedes it was sent. */
  | (E extends 'early' ? 'hold' : never)

export type FeedEffect = EffectOf<FeedEvent>

/** The next state and what is done, in order; or why nothing changes. */
type Transition<E extends FeedEvent> =
  | readonly [to: FeedState, ...effects: readonly EffectOf<E>[]]
  | 'ignored'
  /** Seeing this event in this state is a bug. */
  | 'impossible'

/** Every state with every event: a missing pair does not compile. */
export const transitions: { readonly [S in FeedState]: { readonly [E in FeedEvent]: Transition<E> } } = {
  unpositioned: {
    start: ['live', 'setPosition'],
    next: ['live', 'send'],
    early: 'impossible',
    filled: 'impossible',
    timer: 'impossible',
    catchUp: 'ignored',
    caughtUp: 'impossible',
    failed: 'impossible',
    reload: ['unpositioned', 'reset'],
    close: ['closed', 'end'],
  },
  live: {
    start: 'ignored',
    next: ['live', 'send'],
    early: ['reordering', 'hold', 'awaitFrames'],
    filled: 'impossible',
    timer: 'impossible',
    catchUp: ['catchingUp', 'read'],
    caughtUp: 'impossible',
    failed: 'impossible',
    reload: ['unpositioned', 'reset'],
    close: ['closed', 'end'],
  },
  reordering: {
    start: 'ignored',
    next: ['reordering', 'send'],
    early: ['reordering', 'hold'],
    filled: ['live', 'stopTimer'],
    timer: ['catchingUp', 'read'],
    catchUp: ['catchingUp', 'stopTimer', 'read'],
    caughtUp: 'impossible',
    failed: 'impossible',
    reload: ['unpositioned', 'stopTimer', 'reset'],
    close: ['closed', 'stopTimer', 'end'],
  },
  catchingUp: {
    start: 'ignored',
    next: ['catchingUp', 'send'],
    early: ['catchingUpAgain', 'hold'],
    filled: 'ignored',
    timer: 'impossible',
    catchUp: 'ignored',
    caughtUp: ['live', 'dropEarly'],
    failed: ['retrying', 'awaitStore'],
    reload: ['unpositioned', 'reset'],
    close: ['closed', 'end'],
  },
  catchingUpAgain: {
    start: 'ignored',
    next: ['catchingUpAgain', 'send'],
    early: ['catchingUpAgain', 'hold'],
    filled: ['catchingUp'],
    timer: 'impossible',
    catchUp: 'ignored',
    caughtUp: ['reordering', 'awaitFrames'],
    failed: ['retrying', 'awaitStore'],
    reload: ['unpositioned', 'reset'],
    close: ['closed', 'end'],
  },
  retrying: {
    start: 'ignored',
    next: ['retrying', 'send'],
    early: ['retrying', 'hold'],
    filled: 'ignored',
    timer: ['catchingUp', 'read'],
    catchUp: ['catchingUp', 'stopTimer', 'read'],
    caughtUp: 'impossible',
    failed: 'impossible',
    reload: ['unpositioned', 'stopTimer', 'reset'],
    close: ['closed', 'stopTimer', 'end'],
  },
  closed: {
    start: 'ignored',
    next: 'ignored',
    early: 'impossible',
    filled: 'impossible',
    timer: 'impossible',
    catchUp: 'ignored',
    caughtUp: 'impossible',
    failed: 'impossible',
    reload: 'ignored',
    close: 'ignored',
  },
}
