import { ReparteeError } from '@repartee/sdk/protocol'
import { normaliseName } from '../markdown/text.ts'

/** Code points; longer names only serve to be seen. */
const MAX_NAME = 50

/** The form in which a name is stored; one that is blank or too long is refused. */
export const cleanName = (raw: string): string => {
  const name = normaliseName(raw)
  if (name === '' || Array.from(name).length > MAX_NAME)
    throw new ReparteeError('name_invalid', `1 to ${MAX_NAME} characters`)
  return name
}
