import type { MailStatus } from '@repartee/sdk/protocol/admin'
import type { Deps } from '../deps.ts'

/** Whether mail can be sent, and what waits or was given up. For operators. */
export const mailStatus = async ({ store, mailer }: Pick<Deps, 'store' | 'mailer'>): Promise<MailStatus> => {
  const problem = mailer.problem()
  const state = !mailer.isConfigured ? 'off' : problem === null ? 'ok' : 'failing'
  return { state, problem, ...(await store.mail.backlog()) }
}
