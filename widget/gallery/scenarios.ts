import type { CommentNode } from '../src/contract.ts'
import type { Fields } from './fake-view.ts'
import { type Content, comment, entry, idOf, longBody, node, reader } from './fixtures.ts'

const few = (content: Content): CommentNode[] => [
  node(comment(content, { n: 1, by: 3, text: 0, agoMin: 190, reactions: { like: 12, love: 3 } }), [
    node(comment(content, { n: 2, by: 1, text: 1, agoMin: 65 }), [
      node(comment(content, { n: 3, by: 0, text: 2, agoMin: 42, reactions: { like: 1 } }), [], {
        own: true,
        editable: true,
        mine: ['like'],
      }),
    ]),
    node(comment(content, { n: 4, by: 2, text: 3, agoMin: 21, editedAt: 1 })),
  ]),
  node(
    comment(content, { n: 5, by: 2, text: 3, agoMin: 1_700, reactions: { laugh: 2, unicorn: 4 } }),
    [node(comment(content, { n: 6, by: 4, text: 4, agoMin: 1_500 }))],
    { mine: ['laugh'], hiddenReplies: 7 },
  ),
]

const chain = (content: Content, from: number, depth: number): CommentNode =>
  node(
    comment(content, { n: from, by: from % 5, text: (from + 1) % 3, agoMin: 200 - from }),
    depth > 0 ? [chain(content, from + 1, depth - 1)] : [],
  )

const many = (content: Content): CommentNode[] =>
  Array.from({ length: 30 }, (_, i) =>
    node(comment(content, { n: 100 + i, by: i % 5, text: i % 5, agoMin: 10 + i * 13 })),
  )

/** Every state a reader can meet, as what differs from a ready thread of a few comments. */
export const scenarios: Readonly<Record<string, (content: Content) => Partial<Fields>>> = {
  few: () => ({ presence: { count: 3, typing: [] } }),
  loading: () => ({ phase: 'loading', site: null, roots: [] }),
  error: () => ({ phase: 'error', error: 'unavailable', site: null, roots: [] }),
  empty: () => ({ roots: [], commentCount: 0, reader: null }),
  closed: () => ({ closed: true }),
  'closed-empty': () => ({ closed: true, roots: [], commentCount: 0 }),
  members: (content) => ({ reader: null, site: { ...site, guests: false }, roots: few(content) }),
  deep: (content) => ({
    roots: [
      node(comment(content, { n: 40, by: 1, text: 0 }), [chain(content, 41, 7), chain(content, 60, 1)]),
      ...few(content),
    ],
  }),
  long: (content) => ({
    roots: [
      node(comment(content, { n: 70, by: 3, html: longBody, pinned: true }), [
        node(comment(content, { n: 71, by: 1, html: longBody })),
      ]),
      node(
        comment(content, {
          n: 72,
          author: {
            id: idOf(9),
            name: 'Reader-With-An-Unreasonably-Long-Name-That-Goes-On-And-On-And-Still-Does-Not-End',
            role: 'owner',
          },
        }),
      ),
    ],
  }),
  outbox: (content) => ({
    rootOutbox: [
      entry(80),
      entry(81, { state: 'pending', html: '<p>A comment that <strong>waits</strong>.</p>' }),
      entry(82, { state: 'failed', error: 'unavailable' }),
    ],
    roots: few(content).map((root, i) =>
      i === 0 ? { ...root, outbox: [entry(83, { parentId: root.comment.id })] } : root,
    ),
  }),
  pill: () => ({ newCount: 3, presence: { count: 8, typing: ['Mei Ling'] } }),
  offline: () => ({ connection: 'waiting' }),
  stale: (content) => ({
    stale: true,
    connection: 'waiting',
    rootOutbox: [entry(84, { state: 'failed', error: 'unavailable' })],
    roots: few(content),
  }),
  polling: () => ({ connection: 'polling', presence: { count: 2, typing: [] } }),
  typing: () => ({ presence: { count: 12, typing: ['Mei Ling', 'Okafor', 'Ravi'] } }),
  tombstone: (content) => ({
    roots: [
      node(comment(content, { n: 90, html: '', deletedAt: 1 }), [node(comment(content, { n: 91, by: 2, text: 2 }))]),
      node(comment(content, { n: 92, by: 0, text: 1 }), [], { own: true, leaving: true }),
      ...few(content),
    ],
  }),
  permalink: (content) => ({
    roots: few(content),
    linked: node(comment(content, { n: 95, by: 3, text: 0 }), [node(comment(content, { n: 96, by: 1, text: 1 }))]),
    focusedId: idOf(96),
  }),
  fresh: (content) => ({ roots: few(content).map((root) => ({ ...root, fresh: true })) }),
  alert: () => ({ alert: 'The comment service cannot be reached. Try again in a moment.' }),
  many: (content) => ({ roots: many(content), hasMore: true, commentCount: 212 }),
  composer: () => ({}),
  'composer-guest': () => ({ reader: null }),
  'composer-long': () => ({}),
  'composer-problem': () => ({ reader: null }),
  help: () => ({}),
  preview: () => ({}),
  reply: () => ({}),
  editing: () => ({}),
  menu: () => ({}),
  picker: () => ({}),
  'picker-guest': () => ({ reader: null }),
}

export const site: NonNullable<Fields['site']> = {
  key: 'gallery',
  name: 'Gallery',
  guests: true,
  maxBodyLength: 1_000,
  editWindowMs: 900_000,
  reactions: ['like', 'love', 'laugh', 'wow', 'sad'],
}

/** The fields of a ready thread with a few comments. */
export const base = (content: Content): Fields => ({
  phase: 'ready',
  error: null,
  site,
  page: '/gallery',
  commentCount: 14,
  closed: false,
  presence: { count: 1, typing: [] },
  connection: 'live',
  stale: false,
  sort: 'newest',
  roots: few(content),
  rootOutbox: [],
  hasMore: false,
  loadingMore: false,
  newCount: 0,
  reader: reader(content),
  focusedId: null,
  linked: null,
  announcement: '',
  alert: '',
  hasDraft: false,
})
