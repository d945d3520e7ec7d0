import { MAX_NAME_LENGTH, ReparteeError } from '@repartee/sdk/protocol'
import { normaliseName } from '../markdown/text.ts'

/** The form in which a name is stored. Throws `name_invalid` for a blank name and one that is too long. */
export const cleanName = (raw: string): string => {
  const name = normaliseName(raw)
  if (name === '') throw new ReparteeError('name_invalid', 'name: has no visible character')
  if (Array.from(name).length > MAX_NAME_LENGTH)
    throw new ReparteeError('name_invalid', `name: has more than ${MAX_NAME_LENGTH} characters`)
  return name
}
