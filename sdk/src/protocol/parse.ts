import * as v from 'valibot'
import { type ClientMessage, clientMessageSchema } from './client-message.ts'
import { ReparteeError } from './errors.ts'

/** Validate untrusted input; a refusal names the first field that is wrong, never its value. */
export const parseInput = <S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> => {
  const result = v.safeParse(schema, input, { abortEarly: true })
  if (result.success) return result.output
  const issue = result.issues[0]
  const path = v.getDotPath(issue) ?? 'value'
  if (issue.type === 'strict_object' && issue.expected === 'never')
    throw new ReparteeError('unknown_field', `unknown field ${path.slice(0, 60)}`)
  throw new ReparteeError(
    'invalid_request',
    `${path.slice(0, 60)}: expected ${issue.expected ?? issue.requirement ?? issue.type}`,
  )
}

/** Parse JSON text; never throws anything but `malformed_json`. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ReparteeError('malformed_json', 'not JSON', { cause })
  }
}

/** Read one client frame; one of an unknown type is refused as `unknown_command`. */
export const parseClientMessage = (frame: string): ClientMessage => {
  const value = parseJson(frame)
  if (typeof value !== 'object' || value === null || !('type' in value))
    throw new ReparteeError('invalid_request', 'a message is an object with a type')
  const known = clientMessageSchema.options.some((option) => option.entries.type.literal === value.type)
  if (!known) throw new ReparteeError('unknown_command', 'unknown message type')
  return parseInput(clientMessageSchema, value)
}

/** The `ref` of a frame that may be refused, so that the refusal reaches the message it belongs to. */
export const refOf = (frame: string): number | undefined => {
  try {
    const value: unknown = JSON.parse(frame)
    if (typeof value !== 'object' || value === null || !('ref' in value)) return undefined
    return typeof value.ref === 'number' && Number.isSafeInteger(value.ref) && value.ref > 0 ? value.ref : undefined
  } catch {
    return undefined
  }
}
