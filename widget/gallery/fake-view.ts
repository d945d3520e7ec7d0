import { ReparteeError } from '@repartee/sdk/protocol'
import type { CommentNode, OutboxEntry, ThreadView, Ui } from '../src/contract.ts'
import { comment, entry, idOf, NOW, node } from './fixtures.ts'

type Method = {
  [K in keyof ThreadView]: ThreadView[K] extends (...args: never[]) => unknown ? K : never
}[keyof ThreadView]

/** What of a view is data. */
export type Fields = { -readonly [K in Exclude<keyof ThreadView, Method>]: ThreadView[K] }

const replace = (
  nodes: readonly CommentNode[],
  id: string,
  change: (node: CommentNode) => CommentNode | null,
): CommentNode[] =>
  nodes.flatMap((one) => {
    if (one.comment.id === id) return change(one) ?? []
    const children = replace(one.children, id, change)
    // What did not change stays the same object, as in a real thread.
    return children.length === one.children.length && children.every((child, i) => child === one.children[i])
      ? one
      : { ...one, children }
  })

/** A thread without a service: it does in memory what a reader asks. `draft` stands in the composer from the start. */
export const createFakeView = (fields: Fields, draft = ''): Pick<Ui, 'view' | 'subscribe'> => {
  const listeners = new Set<() => void>()
  const state = new Proxy(fields, {
    set(target, name, value) {
      const done = Reflect.set(target, name, value)
      for (const listener of listeners) listener()
      return done
    },
  })
  let made = 500

  const change = (id: string, apply: (node: CommentNode) => CommentNode | null): void => {
    state.roots = replace(state.roots, id, apply)
  }

  const methods: Pick<ThreadView, Method> = {
    setSort: async (sort) => {
      state.sort = sort
    },
    loadMore: async () => {
      state.roots = [...state.roots, node(comment('en', { n: ++made, by: 2, text: 2 }))]
      state.hasMore = false
    },
    loadReplies: async (rootId) =>
      change(rootId, (root) => ({
        ...root,
        hiddenReplies: 0,
        children: [...root.children, node(comment('en', { n: ++made, by: 2, text: 2, depth: 1 }))],
      })),
    showNew: () => {
      state.newCount = 0
      state.roots = [node(comment('en', { n: ++made, by: 2, text: 2 }), [], { fresh: true }), ...state.roots]
    },
    retryLoad: async () => {
      state.phase = 'loading'
    },
    signIn: async (name) => {
      if (!name.trim()) throw new ReparteeError('name_invalid')
      state.reader = { id: idOf(999), name }
    },
    signOut: async () => {
      state.reader = null
    },
    send: async ({ parentId, body, name }) => {
      if (body.includes('viagra')) throw new ReparteeError('blocked_words')
      if (name) state.reader = { id: idOf(999), name }
      const html = `<p>${body.replaceAll('<', '&lt;')}</p>`
      const own = { own: true, editable: true }
      const stored = comment('en', { n: ++made, html, agoMin: 0, ...(state.reader && { author: state.reader }) })
      const placed: OutboxEntry = entry(++made, { parentId, body, createdAt: NOW })
      const isPlaced = (one: OutboxEntry): boolean => one.key === placed.key
      if (parentId === null) state.rootOutbox = [placed, ...state.rootOutbox]
      else change(parentId, (parent) => ({ ...parent, outbox: [...parent.outbox, placed] }))
      await new Promise((resolve) => setTimeout(resolve, 300))
      if (parentId === null) {
        state.rootOutbox = state.rootOutbox.filter((one) => !isPlaced(one))
        state.roots = [node(stored, [], own), ...state.roots]
      } else
        change(parentId, (parent) => ({
          ...parent,
          outbox: parent.outbox.filter((one) => !isPlaced(one)),
          children: [...parent.children, node({ ...stored, depth: parent.comment.depth + 1, parentId }, [], own)],
        }))
    },
    retry: (key) => {
      state.rootOutbox = state.rootOutbox.map((one) => (one.key === key ? { ...one, state: 'sending' } : one))
    },
    discard: (key) => {
      state.rootOutbox = state.rootOutbox.filter((one) => one.key !== key)
    },
    edit: async (id, body) =>
      change(id, (one) => ({ ...one, comment: { ...one.comment, html: `<p>${body}</p>`, editedAt: NOW } })),
    source: async () => 'Thank you, that is *exactly* what I was looking for.',
    remove: (id) => {
      change(id, (one) => ({ ...one, leaving: true }))
      setTimeout(() => change(id, (one) => (one.leaving ? null : one)), 1_500)
    },
    undoRemove: (id) => change(id, (one) => ({ ...one, leaving: false })),
    toggleReaction: async (id, kind) =>
      change(id, (one) => {
        const chosen = one.mine.includes(kind)
        const total = (one.comment.reactions[kind] ?? 0) + (chosen ? -1 : 1)
        return {
          ...one,
          mine: chosen ? one.mine.filter((mine) => mine !== kind) : [...one.mine, kind],
          comment: { ...one.comment, reactions: { ...one.comment.reactions, [kind]: total } },
        }
      }),
    preview: async () =>
      '<p>A <strong>preview</strong> as the service renders it.</p><blockquote><p>with a quotation</p></blockquote>',
    typing: () => undefined,
    permalink: (id) => `#comment-${id}`,
    prepare: async () => undefined,
    draft: (parentId) => ({ body: parentId === null ? draft : '' }),
    saveDraft: () => undefined,
  }

  return {
    view: new Proxy(fields as unknown as ThreadView, {
      get: (target, key) => Reflect.get(key in methods ? methods : target, key),
    }),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
