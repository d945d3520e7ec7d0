import {
  type ClientMessage,
  MIN_SUPPORTED_VERSION,
  PROTOCOL_VERSION,
  parseClientMessage,
  parseJson,
  ReparteeError,
} from '@repartee/sdk/protocol'

const isSupported = (version: number): boolean => version >= MIN_SUPPORTED_VERSION && version <= PROTOCOL_VERSION

const unsupported = (): ReparteeError =>
  new ReparteeError('unsupported_version', `supported versions: ${MIN_SUPPORTED_VERSION} to ${PROTOCOL_VERSION}`)

/** Whether a frame that does not parse is a `hello` of an unsupported version. */
const isUnsupportedHello = (frame: string): boolean => {
  const value: unknown = parseJson(frame)
  if (typeof value !== 'object' || value === null || !('type' in value) || !('version' in value)) return false
  return value.type === 'hello' && typeof value.version === 'number' && !isSupported(value.version)
}

/** Parse one frame. A `hello` of an unsupported version is refused as such, whatever other fields it has. */
export const readFrame = (frame: string): ClientMessage => {
  try {
    const message = parseClientMessage(frame)
    if (message.type === 'hello' && !isSupported(message.version)) throw unsupported()
    return message
  } catch (error) {
    if (error instanceof ReparteeError && error.code === 'unknown_field' && isUnsupportedHello(frame))
      throw unsupported()
    throw error
  }
}
