import { idSchema, ReparteeError, siteKeySchema } from '@repartee/sdk/protocol'
import { languageSchema } from '@repartee/sdk/protocol/admin'
import * as v from 'valibot'
import { asOperator } from '../core/access/operator.ts'
import type { Actor } from '../core/actor.ts'
import { pendingComments } from '../core/comments/list-pending.ts'
import { reviewComment } from '../core/comments/review-comment.ts'
import { listFailedMail } from '../core/mail/list-failed-mail.ts'
import { mailStatus } from '../core/mail/mail-status.ts'
import { retryAllMail, retryMail } from '../core/mail/retry-mail.ts'
import { sendTestMail } from '../core/mail/send-test-mail.ts'
import { beginRotation } from '../core/secrets/begin-rotation.ts'
import { keyStatus } from '../core/secrets/key-status.ts'
import { rotateBatch } from '../core/secrets/rotate-keys.ts'
import { createSite } from '../core/sites/create-site.ts'
import { listSites } from '../core/sites/list-sites.ts'
import { updateSite } from '../core/sites/update-site.ts'
import { setClosed } from '../core/threads/close-thread.ts'
import { describeFileError } from '../startup/file-error.ts'
import { accountOperations } from './account-operations.ts'
import { type OperatorDeps, operation } from './operation.ts'

/** The operator's actor on a site. A user who can run the command line owns every site. */
const operatorOf = async (deps: OperatorDeps, siteKey: string): Promise<Actor> => {
  const site = await deps.store.sites.findByKey(siteKey)
  if (site === null) throw new ReparteeError('site_not_found', `no site ${siteKey}`)
  return asOperator(site)
}

const siteInput = { site: siteKeySchema }

const rotationPosition = v.strictObject({
  column: v.pipe(v.number(), v.integer(), v.minValue(0)),
  keyId: v.string(),
  after: v.nullable(v.string()),
})

/** Every operation of the command line, whether or not the service is running. */
export const operations = {
  ...accountOperations,
  'site.create': operation(
    v.strictObject({
      key: v.optional(siteKeySchema),
      name: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
      origins: v.array(v.string()),
      settings: v.optional(v.record(v.string(), v.unknown()), {}),
    }),
    async (deps, input) => ({
      ...(await createSite(deps, {
        name: input.name,
        origins: input.origins,
        settings: input.settings,
        organisationId: await deps.store.accounts.operatorOrganisation(),
        ...(input.key !== undefined && { key: input.key }),
      })),
      url: deps.url(),
    }),
  ),
  'site.show': operation(v.strictObject(siteInput), async (deps, input) => {
    const site = await deps.store.sites.findByKey(input.site)
    if (site === null) throw new ReparteeError('site_not_found', `no site ${input.site}`)
    return site
  }),
  'site.update': operation(
    v.strictObject({
      ...siteInput,
      name: v.optional(v.string()),
      origins: v.optional(v.array(v.string())),
      settings: v.optional(v.record(v.string(), v.unknown())),
    }),
    (deps, { site, name, origins, settings }) =>
      updateSite(deps, {
        key: site,
        ...(name !== undefined && { name }),
        ...(origins !== undefined && { origins }),
        ...(settings !== undefined && { settings }),
      }),
  ),
  'site.list': operation(v.strictObject({}), (deps) => listSites(deps)),
  'comment.list': operation(v.strictObject(siteInput), async (deps, input) =>
    pendingComments(deps, await operatorOf(deps, input.site), { after: null }),
  ),
  'comment.review': operation(
    v.strictObject({
      ...siteInput,
      thread: idSchema,
      comment: idSchema,
      status: v.picklist(['approved', 'rejected', 'spam']),
    }),
    async (deps, input) => reviewComment(deps, await operatorOf(deps, input.site), input),
  ),
  'thread.setClosed': operation(
    v.strictObject({ ...siteInput, page: v.string(), closed: v.boolean() }),
    async (deps, input) => {
      const actor = await operatorOf(deps, input.site)
      const thread = await deps.store.threads.findByPage(actor.site.id, input.page)
      if (thread === null) throw new ReparteeError('thread_not_found', `the page ${input.page} has no thread`)
      return setClosed(deps, actor, { thread: thread.id, closed: input.closed })
    },
  ),
  'mail.status': operation(v.strictObject({}), (deps) => mailStatus(deps)),
  'mail.test': operation(v.strictObject({ to: v.string(), language: languageSchema }), (deps, input) =>
    sendTestMail(deps, input),
  ),
  'mail.find': operation(v.strictObject({ id: idSchema }), (deps, { id }) => deps.store.mail.find(id)),
  'mail.failed': operation(v.strictObject({ before: v.nullable(idSchema) }), (deps, input) =>
    listFailedMail(deps, input),
  ),
  'mail.retry': operation(v.strictObject({ id: idSchema }), (deps, input) => retryMail(deps, input)),
  'mail.retryAll': operation(v.strictObject({}), (deps) => retryAllMail(deps)),
  'keys.status': operation(v.strictObject({}), (deps) => keyStatus(deps)),
  'keys.begin': operation(v.strictObject({}), (deps) => beginRotation(deps)),
  'keys.rotate': operation(v.strictObject({ from: v.nullable(rotationPosition) }), (deps, { from }) =>
    rotateBatch(deps, from),
  ),
  backup: operation(v.strictObject({ file: v.string() }), async (deps, input) => {
    await deps.backup(input.file).catch((error: unknown) => {
      const problem = describeFileError(error)
      throw problem === null ? error : new ReparteeError('invalid_request', `cannot write ${input.file}: ${problem}`)
    })
    return { file: input.file }
  }),
} as const

export type OperationName = keyof typeof operations
export type OperationInput<N extends OperationName> = v.InferInput<(typeof operations)[N]['input']>

export const isOperationName = (name: string): name is OperationName => Object.hasOwn(operations, name)
