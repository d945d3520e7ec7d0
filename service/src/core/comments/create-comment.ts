import { type CommandInput, type CommandResult, newId, ReparteeError } from '@repartee/sdk/protocol'
import { type Actor, type AuthenticatedActor, requireReader } from '../actor.ts'
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

/** A normalised request with its digests. */
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

const readContext = (deps: Needs, actor: AuthenticatedActor, request: Request): Promise<CreateContext> =>
  deps.store.comments.createContext({
    siteId: actor.site.id,
    threadId: request.threadId,
    authorId: actor.reader.id,
    key: request.key,
    parentId: request.parentId,
    bodyDigest: request.bodyDigest,
    duplicatesSinceAt: deps.now() - actor.site.settings.duplicateWindowMs,
  })

/** The comment an earlier attempt of this request created, if any. */
const existingComment = (context: CreateContext, request: Request): StoredComment | null => {
  if (context.existing === null) return null
  if (context.existing.keyDigest !== request.keyDigest)
    throw new ReparteeError('key_reused', 'this key created a comment with another text')
  return context.existing.comment
}

/** Refuse a comment whose thread or parent does not accept it. */
const requireTarget = (context: CreateContext, request: Request): void => {
  if (context.thread === null) throw new ReparteeError('thread_not_found')
  if (context.thread.closed) throw new ReparteeError('thread_closed')
  if (request.parentId === null) return
  if (context.parent === null) throw new ReparteeError('parent_not_found')
  if (!context.parent.listed || context.parent.deletedAt !== null) throw new ReparteeError('parent_unavailable')
}

const create = async (deps: Needs, actor: AuthenticatedActor, request: Request): Promise<Result> => {
  const { site, reader } = actor
  const context = await readContext(deps, actor, request)
  const existing = existingComment(context, request)
  if (existing !== null) return { comment: ownComment(existing), created: false }
  requireTarget(context, request)
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

  // Not stored: since the context was read, another attempt succeeded, the thread was closed or the parent was removed.
  const latest = await readContext(deps, actor, request)
  const concurrent = existingComment(latest, request)
  if (concurrent !== null) return { comment: ownComment(concurrent), created: false }
  requireTarget(latest, request)
  throw new ReparteeError('unavailable', 'the thread changed in the meantime', { retryAfterMs: 100 })
}

/**
 * Create a comment. Idempotent by key: the same key and text, over any transport and at any time, returns the same
 * comment. Other readers see it once it is approved.
 */
export const createComment = async (deps: Needs, actor: Actor, input: Input): Promise<Result> => {
  const authenticated = requireReader(actor)
  const request = toRequest(input)
  const { threadId, key, keyDigest } = request
  // Concurrent attempts share one execution: none is charged to the rate limit or refused as a duplicate of another.
  const flightKey = ['create', actor.site.id, threadId, authenticated.reader.id, key, keyDigest].join(' ')
  const { value, first } = await deps.singleFlight.share(flightKey, () => create(deps, authenticated, request))
  return first ? value : { ...value, created: false }
}
