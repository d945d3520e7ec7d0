import * as v from 'valibot'
import { type ClientMessage, clientMessageSchema } from './client-message.ts'
import { ReparteeError } from './errors.ts'
import { expectationOf } from './expectation.ts'

/** Validate untrusted input. A refusal names the first field that is wrong and what it should be, never its value. */
export const parseInput = <S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> => {
  const result = v.safeParse(schema, input, { abortEarly: true })
  if (result.success) return result.output
  const issue = result.issues[0]
  const path = (v.getDotPath(issue) ?? 'value').slice(0, 60)
  if (issue.expected === 'never') throw new ReparteeError('unknown_field', `unknown field ${path}`)
  const isMissing = issue.received === 'undefined' && issue.path !== undefined
  throw new ReparteeError(
    'invalid_request',
    isMissing ? `${path}: required` : `${path}: expected ${expectationOf(issue)}`,
  )
}

/** Parse JSON text. Throws `malformed_json` and nothing else. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ReparteeError('malformed_json', 'not JSON', { cause })
  }
}

/** Read one frame of a client. A message of an unknown type is refused with `unknown_command`. */
export const parseClientMessage = (frame: string): ClientMessage => {
  const value = parseJson(frame)
  if (typeof value !== 'object' || value === null || !('type' in value))
    throw new ReparteeError('invalid_request', 'expected an object with a type')
  const known = clientMessageSchema.options.some((option) => option.entries.type.literal === value.type)
  if (!known) throw new ReparteeError('unknown_command', 'unknown message type')
  return parseInput(clientMessageSchema, value)
}

/** The `ref` of a frame, if it has one, so that a refusal can name the message it answers. */
export const refOf = (frame: string): number | undefined => {
  try {
    const value: unknown = JSON.parse(frame)
    if (typeof value !== 'object' || value === null || !('ref' in value)) return undefined
    return typeof value.ref === 'number' && Number.isSafeInteger(value.ref) && value.ref > 0 ? value.ref : undefined
  } catch {
    return undefined
  }
}
