import { type CommandInput, type CommandResult, newId, ReparteeError } from '@repartee/sdk/protocol'
import { type Actor, type KnownActor, requireReader } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { digest } from '../digest.ts'
import { normaliseBody } from '../markdown/text.ts'
import type { CreateContext } from '../ports/comment-store.ts'
import { writingRules } from '../rate-rules.ts'
import { resolveAuthorName } from '../readers/author-name.ts'
import { requireGuestsAllowed } from '../readers/guests-allowed.ts'
import { ownComment, type StoredComment } from '../stored-comment.ts'
import { moderate } from './moderate.ts'

type Needs = Pick<Deps, 'store' | 'writer' | 'limiter' | 'singleFlight' | 'metrics' | 'now'>
type Input = CommandInput<'comment.create'>
type Result = CommandResult<'comment.create'>

/** What every step knows of the request: its normalised text, and the digests made of it. */
type Request = {
  readonly threadId: string
  readonly key: string
  readonly parentId: string | null
  readonly body: string
  readonly bodyDigest: string
  readonly keyDigest: string
  readonly name: string | undefined
}

const toRequest = (input: Input): Request => {
  const body = normaliseBody(input.body)
  const parentId = input.parentId ?? null
  return {
    threadId: input.thread,
    key: input.key,
    parentId,
    body,
    bodyDigest: digest(body),
    keyDigest: digest(`${parentId ?? ''}\n${body}`),
    name: input.author?.name,
  }
}

const readContext = (deps: Needs, actor: KnownActor, request: Request): Promise<CreateContext> =>
  deps.store.comments.createContext({
    siteId: actor.site.id,
    threadId: request.threadId,
    authorId: actor.reader.id,
    key: request.key,
    parentId: request.parentId,
    bodyDigest: request.bodyDigest,
    duplicatesSinceAt: deps.now() - actor.site.settings.duplicateWindowMs,
  })

/** The comment this very request made before, if it did. */
const repeated = (context: CreateContext, request: Request): StoredComment | null => {
  if (context.existing === null) return null
  if (context.existing.keyDigest !== request.keyDigest)
    throw new ReparteeError('key_reused', 'this key made a comment with another text')
  return context.existing.comment
}

/** Refuse what has no place to go. */
const requirePlace = (context: CreateContext, request: Request): void => {
  if (context.thread === null) throw new ReparteeError('thread_not_found')
  if (context.thread.closed) throw new ReparteeError('thread_closed')
  if (request.parentId === null) return
  if (context.parent === null) throw new ReparteeError('parent_not_found')
  if (!context.parent.listed || context.parent.deletedAt !== null) throw new ReparteeError('parent_unavailable')
}

const store = async (deps: Needs, actor: KnownActor, request: Request): Promise<Result> => {
  const { site, reader } = actor
  const context = await readContext(deps, actor, request)
  const before = repeated(context, request)
  if (before !== null) return { comment: ownComment(before), created: false }
  requirePlace(context, request)
  requireGuestsAllowed(actor)

  const { html, status } = moderate(deps, actor, {
    body: request.body,
    parentId: request.parentId,
    rate: await deps.limiter.take(writingRules(actor, 'comments')),
    duplicateOf: site.settings.duplicateWindowMs === 0 ? null : context.duplicateOf,
    approvedCount: context.approvedCount,
    edit: false,
  })
  const authorName = await resolveAuthorName(deps, site.id, context.author, request.name)
  const nowAt = deps.now()
  const id = newId(nowAt)
  const stored = await deps.writer.create(site.id, request.threadId, {
    id,
    parentId: request.parentId,
    rootId: context.parent?.rootId ?? id,
    depth: context.parent === null ? 0 : context.parent.depth + 1,
    authorId: reader.id,
    authorName,
    authorRole: reader.role,
    key: request.key,
    keyDigest: request.keyDigest,
    status,
    body: request.body,
    html,
    bodyDigest: request.bodyDigest,
    createdAt: nowAt,
  })
  if (stored !== null) return { comment: ownComment(stored), created: true }

  // Left out: since the context was read a twin came first, the thread was closed or the parent went away.
  const now = await readContext(deps, actor, request)
  const twin = repeated(now, request)
  if (twin !== null) return { comment: ownComment(twin), created: false }
  requirePlace(now, request)
  throw new ReparteeError('unavailable', 'the thread changed meanwhile', { retryAfterMs: 100 })
}

/**
 * Store a comment. The same key and text again, at once or later, over any transport, is answered with the comment
 * it made and changes nothing. Only an approved one is shown to others.
 */
export const createComment = async (deps: Needs, actor: Actor, input: Input): Promise<Result> => {
  const known = requireReader(actor)
  const request = toRequest(input)
  // A twin shares the work of the first, so that a repeat is neither charged nor mistaken for a duplicate.
  const flight = ['create', actor.site.id, request.threadId, known.reader.id, request.key, request.keyDigest]
  const { value, first } = await deps.singleFlight.share(flight.join(' '), () => store(deps, known, request))
  return first ? value : { ...value, created: false }
}
