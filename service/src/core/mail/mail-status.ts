import type { Deps } from '../deps.ts'
import type { MailBacklog } from '../ports/mail-outbox.ts'

export type MailStatus = MailBacklog & {
  /** `failing`: mail waits because the server does not take any; `problem` says why. As this node sees it. */
  readonly state: 'off' | 'ok' | 'failing'
  readonly problem: string | null
}

/** Whether mail can be sent, and what waits or was given up. For operators. */
export const mailStatus = async ({ store, mailer }: Pick<Deps, 'store' | 'mailer'>): Promise<MailStatus> => {
  const problem = mailer.problem()
  const state = !mailer.isConfigured ? 'off' : problem === null ? 'ok' : 'failing'
  return { state, problem, ...(await store.mail.backlog()) }
}
