import {
  changesSchema,
  commandResultSchemas,
  commentContextSchema,
  countsSchema,
  credentialRequestSchema,
  cursorSchema,
  guestRequestSchema,
  idSchema,
  MAX_PAGE_LIMIT,
  pageKeySchema,
  previewRequestSchema,
  previewSchema,
  readerSessionSchema,
  repliesSchema,
  snapshotSchema,
  sortSchema,
  vitalsSchema,
} from '@repartee/sdk/protocol'
import * as v from 'valibot'
import { commandInputs } from '../core/command-inputs.ts'
import { execute } from '../core/commands.ts'
import { getComment } from '../core/comments/get-comment.ts'
import { listReplies } from '../core/comments/list-replies.ts'
import { previewComment } from '../core/comments/preview-comment.ts'
import { createGuest } from '../core/readers/create-guest.ts'
import { logout } from '../core/readers/logout.ts'
import { refreshSession } from '../core/readers/refresh-session.ts'
import { reportVitals } from '../core/report-vitals.ts'
import { countComments } from '../core/threads/count-comments.ts'
import { readSnapshot } from '../core/threads/read-snapshot.ts'
import { waitForChanges } from './answer-long-poll.ts'
import { route } from './route.ts'
import { wholeNumber } from './whole-number.ts'

const limit = v.optional(wholeNumber(1, MAX_PAGE_LIMIT))
const thread = '/threads/:thread'
const comment = `${thread}/comments/:comment` as const

/** Every operation below /api/v1/sites/{site}. */
export const routes = [
  route({
    method: 'GET',
    path: '/thread',
    name: 'thread.snapshot',
    summary: 'One page of the comments of a host page. Creates the thread on the first visit',
    query: v.strictObject({
      page: pageKeySchema,
      sort: v.optional(sortSchema),
      limit,
      cursor: v.optional(cursorSchema),
      url: v.optional(v.pipe(v.string(), v.maxLength(2_048))),
      title: v.optional(v.pipe(v.string(), v.maxLength(1_000))),
    }),
    responses: { 200: snapshotSchema },
    run: async ({ deps, actor, query }) => ({ status: 200, data: await readSnapshot(deps, actor, query) }),
  }),
  route({
    method: 'GET',
    path: `${thread}/changes`,
    name: 'thread.changes',
    summary: 'Changes since a position. Waits up to `wait` seconds for the first one',
    query: v.strictObject({
      since: wholeNumber(0, Number.MAX_SAFE_INTEGER),
      epoch: v.optional(idSchema),
      wait: v.optional(wholeNumber(0, 25)),
    }),
    responses: { 200: changesSchema },
    run: async ({ deps, hub, actor, params, query, signal }) => ({
      status: 200,
      data: await waitForChanges({ deps, hub, signal }, actor, { ...params, ...query }),
    }),
  }),
  route({
    method: 'GET',
    path: comment,
    name: 'comment.get',
    summary: 'One comment with its ancestors, and its source for its author and moderators',
    responses: { 200: commentContextSchema },
    run: async ({ deps, actor, params }) => ({
      status: 200,
      data: await getComment(deps, actor, params),
    }),
  }),
  route({
    method: 'GET',
    path: `${comment}/replies`,
    name: 'comment.replies',
    summary: 'The replies below a root comment at all depths, in order of creation',
    query: v.strictObject({ cursor: v.optional(cursorSchema), limit }),
    responses: { 200: repliesSchema },
    run: async ({ deps, actor, params, query }) => ({
      status: 200,
      data: await listReplies(deps, actor, { ...params, ...query }),
    }),
  }),
  route({
    method: 'POST',
    path: `${thread}/comments`,
    name: 'comment.create',
    summary: 'Create a comment. 200 if the key has already created it',
    body: v.omit(commandInputs['comment.create'], ['thread']),
    responses: { 201: commandResultSchemas['comment.create'], 200: commandResultSchemas['comment.create'] },
    run: async ({ deps, actor, params, body }) => {
      const result = await execute(deps, actor, 'comment.create', { ...params, ...body })
      return { status: result.created ? 201 : 200, data: result }
    },
  }),
  route({
    method: 'PATCH',
    path: comment,
    name: 'comment.edit',
    summary: 'Replace the text of your own comment within the edit window',
    body: v.omit(commandInputs['comment.edit'], ['thread', 'comment']),
    responses: { 200: commandResultSchemas['comment.edit'] },
    run: async ({ deps, actor, params, body }) => ({
      status: 200,
      data: await execute(deps, actor, 'comment.edit', { ...params, ...body }),
    }),
  }),
  route({
    method: 'DELETE',
    path: comment,
    name: 'comment.delete',
    summary: 'Delete your own comment. It stays as a tombstone if it has replies',
    responses: { 200: commandResultSchemas['comment.delete'] },
    run: async ({ deps, actor, params }) => ({
      status: 200,
      data: await execute(deps, actor, 'comment.delete', params),
    }),
  }),
  ...(['PUT', 'DELETE'] as const).map((method) => {
    const type = method === 'PUT' ? 'reaction.add' : 'reaction.remove'
    return route({
      method,
      path: `${comment}/reactions/:kind`,
      name: type,
      summary: method === 'PUT' ? 'Add a reaction to a comment' : 'Remove a reaction from a comment',
      responses: { 200: commandResultSchemas[type] },
      run: async ({ deps, actor, params }) => ({
        status: 200,
        data: await execute(deps, actor, type, params),
      }),
    })
  }),
  route({
    method: 'POST',
    path: '/preview',
    name: 'comment.preview',
    summary: 'Render Markdown as a comment would show it. Nothing is stored',
    body: previewRequestSchema,
    responses: { 200: previewSchema },
    run: async ({ deps, actor, body }) => ({ status: 200, data: await previewComment(deps, actor, body) }),
  }),
  route({
    method: 'GET',
    path: '/counts',
    name: 'thread.counts',
    summary: 'The number of visible comments of up to 50 pages',
    query: v.strictObject({ page: v.pipe(v.array(pageKeySchema), v.minLength(1), v.maxLength(50)) }),
    lists: ['page'],
    responses: { 200: countsSchema },
    run: async ({ deps, actor, query }) => ({
      status: 200,
      data: await countComments(deps, actor, { pages: query.page }),
    }),
  }),
  route({
    method: 'POST',
    path: '/vitals',
    name: 'vitals',
    summary: 'Report performance measurements of one visit. They are kept as histograms only',
    query: v.strictObject({}),
    body: vitalsSchema,
    beacon: true,
    responses: { 204: null },
    run: async ({ deps, actor, body }) => {
      await reportVitals(deps, actor, body)
      return { status: 204, data: null }
    },
  }),
  route({
    method: 'POST',
    path: '/readers/guest',
    name: 'reader.guest',
    summary: 'Create a guest with a name',
    body: guestRequestSchema,
    responses: { 201: readerSessionSchema },
    run: async ({ deps, actor, body }) => ({ status: 201, data: await createGuest(deps, actor, body) }),
  }),
  route({
    method: 'POST',
    path: '/readers/refresh',
    name: 'reader.refresh',
    summary: 'Exchange a credential for a token and a new credential',
    body: credentialRequestSchema,
    responses: { 200: readerSessionSchema },
    run: async ({ deps, actor, body }) => ({ status: 200, data: await refreshSession(deps, actor, body) }),
  }),
  route({
    method: 'POST',
    path: '/readers/logout',
    name: 'reader.logout',
    summary: 'End the session of a credential',
    body: credentialRequestSchema,
    responses: { 204: null },
    run: async ({ deps, actor, body }) => {
      await logout(deps, actor, body)
      return { status: 204, data: null }
    },
  }),
]
