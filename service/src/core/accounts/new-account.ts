import { newId, ReparteeError } from '@repartee/sdk/protocol'
import type { Language } from '@repartee/sdk/protocol/admin'
import type { Deps } from '../deps.ts'
import type { NewAccount } from '../ports/account-store.ts'
import { emailPlace } from './account-view.ts'
import { canonicalEmail, parseEmail } from './email-address.ts'
import { requireGoodPassword } from './password-rules.ts'

const MAX_NAME = 60

/** A person's name on one line, possibly empty. */
export const cleanAccountName = (raw: string): string => {
  const name = raw
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
    .trim()
  if ([...name].length > MAX_NAME) throw new ReparteeError('invalid_request', `name: at most ${MAX_NAME} characters`)
  return name
}

/** Words an attacker would try first, because they are about the owner or the product. */
export const knownWords = (email: string, name: string): string[] => [
  'repartee',
  ...email.toLowerCase().split(/[@.+_-]/),
  email.toLowerCase(),
  ...name.toLowerCase().split(' '),
]

/** Everything of a new account, with its own organisation. Refuses what is no address or no good password. */
export const newAccount = async (
  deps: Pick<Deps, 'secrets' | 'passwords' | 'now'>,
  input: { email: string; password: string; name: string; language?: Language | undefined; isVerified: boolean },
): Promise<NewAccount> => {
  const email = parseEmail(input.email)
  const name = cleanAccountName(input.name)
  const password = await requireGoodPassword(deps.passwords, input.password, knownWords(email, name))
  const passwordHash = await deps.passwords.hash(password)
  const nowAt = deps.now()
  const id = newId(nowAt)
  return {
    id,
    emailDigest: deps.secrets.digest('email', canonicalEmail(email)),
    emailSealed: deps.secrets.seal(emailPlace(id), email),
    emailVerifiedAt: input.isVerified ? nowAt : null,
    name,
    language: input.language ?? null,
    passwordHash,
    createdAt: nowAt,
    organisation: { id: newId(nowAt), name },
  }
}
