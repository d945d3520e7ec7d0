import { idSchema } from '@repartee/sdk/protocol'
import {
  AdminError,
  failedMailPageSchema,
  mailProgressSchema,
  mailStatusSchema,
  retriedMailSchema,
  testMailRequestSchema,
  testMailResultSchema,
} from '@repartee/sdk/protocol/admin'
import * as v from 'valibot'
import { enforceAdminLimit, mailRules } from '../../core/accounts/account-rate-rules.ts'
import { listFailedMail } from '../../core/mail/list-failed-mail.ts'
import { mailStatus } from '../../core/mail/mail-status.ts'
import { retryAllMail, retryMail } from '../../core/mail/retry-mail.ts'
import { sendTestMail } from '../../core/mail/send-test-mail.ts'
import { adminRoute } from './admin-route.ts'

/** What operators see of the mail of the installation, and do about it. */
export const mailRoutes = [
  adminRoute({
    method: 'GET',
    path: '/mail',
    name: 'admin.mail',
    summary: 'Whether mail can be sent, and how much waits or was given up',
    responses: { 200: mailStatusSchema },
    run: async ({ deps }) => ({ status: 200, data: await mailStatus(deps) }),
  }),
  adminRoute({
    method: 'POST',
    path: '/mail/test',
    name: 'admin.mail.test',
    summary: 'Send a test mail, as all mail is sent. Answers once it is stored; its progress tells what became of it',
    body: testMailRequestSchema,
    responses: { 201: testMailResultSchema },
    run: async ({ deps, visitor, actor, body }) => {
      await enforceAdminLimit(deps, 'mails', mailRules(visitor))
      const language = body.language ?? actor.account.language ?? 'en'
      return { status: 201, data: await sendTestMail(deps, { to: body.to, language }) }
    },
  }),
  adminRoute({
    method: 'GET',
    path: '/mail/messages/:mail',
    name: 'admin.mail.progress',
    summary: 'What became of a mail',
    responses: { 200: mailProgressSchema },
    run: async ({ deps, params }) => {
      const found = await deps.store.mail.find(params.mail)
      if (found === null) throw new AdminError('object_not_found')
      return { status: 200, data: found }
    },
  }),
  adminRoute({
    method: 'GET',
    path: '/mail/failed',
    name: 'admin.mail.failed',
    summary: 'Mail that was given up, newest first, by pages of 50, with masked recipients',
    query: v.strictObject({ before: v.optional(idSchema) }),
    responses: { 200: failedMailPageSchema },
    run: async ({ deps, query }) => ({
      status: 200,
      data: await listFailedMail(deps, { before: query.before ?? null }),
    }),
  }),
  adminRoute({
    method: 'POST',
    path: '/mail/failed/:mail/retry',
    name: 'admin.mail.retry',
    summary: 'Try a given-up mail once more from the beginning',
    responses: { 204: null },
    run: async ({ deps, params }) => {
      await retryMail(deps, { id: params.mail })
      return { status: 204, data: null }
    },
  }),
  adminRoute({
    method: 'POST',
    path: '/mail/failed/retry',
    name: 'admin.mail.retryAll',
    summary: 'Try all given-up mail once more from the beginning',
    responses: { 200: retriedMailSchema },
    run: async ({ deps }) => ({ status: 200, data: await retryAllMail(deps) }),
  }),
]
