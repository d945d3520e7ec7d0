import { idSchema, ReparteeError } from '@repartee/sdk/protocol'
import * as v from 'valibot'

/** An id taken from a URL, in its one spelling; anything that is no UUID is refused. */
export const wireId = (field: string, value: string): string => {
  const result = v.safeParse(idSchema, value)
  if (!result.success) throw new ReparteeError('invalid_request', `${field}: expected UUID`)
  return result.output
}
