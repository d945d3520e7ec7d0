import { parseInput, parseJson } from '@repartee/sdk/protocol'
import { languageSchema } from '@repartee/sdk/protocol/admin'
import * as v from 'valibot'
import type { NewMail } from '../ports/mail-outbox.ts'
import type { SecretBox } from '../ports/secret-box.ts'
import { mailMessageSchema } from './mail-kinds.ts'

const contentSchema = v.object({ to: v.string(), language: languageSchema, message: mailMessageSchema })

/** What is sealed in the outbox: to whom, in which language, and what it says. */
export type MailContent = v.InferOutput<typeof contentSchema>

const placeOf = (id: string) => ({ table: 'mail_outbox', column: 'sealed', row: id }) as const

/** Seal a mail for its row in the outbox. Throws when it has a link that is none. */
export const sealMail = (secrets: Pick<SecretBox, 'seal'>, id: string, content: MailContent): string =>
  secrets.seal(placeOf(id), JSON.stringify(v.parse(contentSchema, content)))

/** Open a mail of the outbox. Throws when this version does not know its kind. */
export const openMailContent = (secrets: Pick<SecretBox, 'open'>, mail: Pick<NewMail, 'id' | 'sealed'>): MailContent =>
  parseInput(contentSchema, parseJson(secrets.open(placeOf(mail.id), mail.sealed)))
