import {
  type Author,
  type ClientMessage,
  type Command,
  type Comment,
  type Delta,
  ReparteeError,
  type SitePublic,
  type Snapshot,
} from '@repartee/sdk/protocol'
import { SAMPLE_EPOCH, SAMPLE_THREAD } from './sample-comments.ts'

/** A service of one thread in this page: what is written in a preview goes nowhere. */
export type SampleService = {
  /** The answer to a request below `/api/v1/sites/{site}`; `null` for one that no preview makes. */
  answer(method: string, path: string, body: unknown): unknown
  /** The result of a message of a socket. */
  handle(message: ClientMessage): unknown
  /** Called with every change of the thread. Returns what ends that. */
  follow(listener: (delta: Delta) => void): () => void
}

const YOU: Author = { id: '01990000-0000-7000-8000-000000000003', name: '', role: 'guest' }
const FAR_MS = 24 * 60 * 60_000

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/** Paragraphs and line breaks; the service knows the rest of Markdown. */
const htmlOf = (body: string): string =>
  body
    .trim()
    .split(/\n{2,}/)
    .map((part) => `<p>${escaped(part).replaceAll('\n', '<br>')}</p>`)
    .join('')

export const createSampleService = (o: {
  readonly site: SitePublic
  readonly comments: readonly Comment[]
  readonly now: () => number
  readonly newId: () => string
}): SampleService => {
  let comments = [...o.comments]
  let head = comments.length
  let you = YOU
  const mine = new Map<string, Set<string>>()
  const byKey = new Map<string, Comment>()
  const listeners = new Set<(delta: Delta) => void>()

  const visible = (): Comment[] => comments.filter((comment) => comment.deletedAt === undefined)
  const find = (id: string): Comment => {
    const found = comments.find((comment) => comment.id === id)
    if (found === undefined) throw new ReparteeError('comment_not_found')
    return found
  }
  const publish = (change: Delta['changes'][number]): void => {
    const replyCounts = Object.fromEntries(comments.map(({ id, replyCount }) => [id, replyCount]))
    const delta: Delta = {
      thread: SAMPLE_THREAD,
      from: head,
      to: change.seq,
      changes: [change],
      commentCount: visible().length,
      replyCounts,
    }
    head = change.seq
    for (const listener of listeners) listener(delta)
  }
  const put = (comment: Comment): Comment => {
    comments = [...comments.filter(({ id }) => id !== comment.id), comment]
    const { body: _body, ...shown } = comment
    publish({ type: 'comment', seq: comment.seq, comment: shown })
    return comment
  }

  const create = (input: Extract<Command, { type: 'comment.create' }>): unknown => {
    const known = byKey.get(input.key)
    if (known !== undefined) return { comment: known, created: false }
    const parent = input.parentId == null ? null : find(input.parentId)
    if (input.author !== undefined) you = { ...you, name: input.author.name }
    const id = o.newId()
    if (parent !== null)
      comments = comments.map((comment) =>
        comment.id === parent.rootId ? { ...comment, replyCount: comment.replyCount + 1 } : comment,
      )
    const comment = put({
      id,
      threadId: SAMPLE_THREAD,
      parentId: parent?.id ?? null,
      rootId: parent?.rootId ?? id,
      depth: parent === null ? 0 : parent.depth + 1,
      seq: head + 1,
      createdSeq: head + 1,
      author: you,
      html: htmlOf(input.body),
      body: input.body,
      status: 'approved',
      createdAt: o.now(),
      reactions: {},
      replyCount: 0,
      pinned: false,
    })
    byKey.set(input.key, comment)
    return { comment, created: true }
  }

  const react = ({
    comment: id,
    kind,
    type,
  }: Extract<Command, { type: 'reaction.add' | 'reaction.remove' }>): unknown => {
    const own = mine.get(id) ?? new Set<string>()
    mine.set(id, own)
    const comment = find(id)
    const difference = type === 'reaction.add' ? (own.has(kind) ? 0 : 1) : own.has(kind) ? -1 : 0
    if (type === 'reaction.add') own.add(kind)
    else own.delete(kind)
    const count = (comment.reactions[kind] ?? 0) + difference
    const { [kind]: _old, ...others } = comment.reactions
    const reactions = count > 0 ? { ...others, [kind]: count } : others
    const seq = head + 1
    comments = comments.map((item) => (item.id === id ? { ...item, reactions, seq } : item))
    publish({ type: 'reactions', seq, id, reactions })
    return { comment: id, seq, reactions, mine: [...own] }
  }

  const remove = (id: string): unknown => {
    const { body: _body, ...comment } = find(id)
    const seq = head + 1
    if (comment.replyCount > 0) return { id, seq, tombstone: put({ ...comment, html: '', deletedAt: o.now(), seq }) }
    comments = comments.filter((item) => item.id !== id)
    publish({ type: 'comment.gone', seq, id })
    return { id, seq, tombstone: null }
  }

  const handle = (message: ClientMessage): unknown => {
    switch (message.type) {
      case 'subscribe':
        return {
          head,
          epoch: SAMPLE_EPOCH,
          commentCount: visible().length,
          closed: false,
          presence: { count: 1, typing: [] },
        }
      case 'comment.create':
        return create(message)
      case 'comment.edit':
        return {
          comment: put({
            ...find(message.comment),
            html: htmlOf(message.body),
            body: message.body,
            seq: head + 1,
            editedAt: o.now(),
          }),
        }
      case 'comment.delete':
        return remove(message.comment)
      case 'reaction.add':
      case 'reaction.remove':
        return react(message)
      default:
        return {}
    }
  }

  const session = () => ({ token: 'preview', expiresAt: o.now() + FAR_MS, refresh: 'preview', reader: you })
  const snapshot = (): Snapshot => {
    const roots = visible()
      .filter(({ parentId }) => parentId === null)
      .toSorted((a, b) => b.createdSeq - a.createdSeq)
    const replies = (root: Comment) =>
      visible().filter(({ rootId, parentId }) => rootId === root.id && parentId !== null)
    return {
      site: o.site,
      thread: {
        id: SAMPLE_THREAD,
        page: '/preview',
        head,
        epoch: SAMPLE_EPOCH,
        commentCount: visible().length,
        closed: false,
      },
      comments: roots.flatMap((root) => [root, ...replies(root)]),
      next: null,
      viewer: {
        author: you,
        reactions: Object.fromEntries([...mine].map(([id, kinds]) => [id, [...kinds]])),
        pending: [],
      },
    }
  }

  return {
    handle,
    follow: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    answer: (method, path, body) => {
      if (method === 'GET' && path === '/thread') return snapshot()
      if (method === 'GET' && path === '/counts') return { counts: {} }
      if (method === 'POST' && path === '/preview') return { html: htmlOf((body as { body: string }).body) }
      if (method === 'POST' && path === '/readers/guest') {
        you = { ...you, name: (body as { name: string }).name }
        return session()
      }
      if (method === 'POST' && path === '/readers/refresh') return session()
      if (method === 'POST' && path === '/readers/logout') return {}
      const comment = /\/comments\/([^/]+)$/.exec(path)?.[1]
      if (method === 'GET' && comment !== undefined) return { comment: find(comment), ancestors: [] }
      return null
    },
  }
}
