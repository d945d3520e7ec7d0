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
  new ReparteeError('unsupported_version', `versions ${MIN_SUPPORTED_VERSION} to ${PROTOCOL_VERSION} are spoken here`)

/** Whether a frame this version cannot read is the greeting of another version. */
const isForeignHello = (frame: string): boolean => {
  const value: unknown = parseJson(frame)
  if (typeof value !== 'object' || value === null || !('type' in value) || !('version' in value)) return false
  return value.type === 'hello' && typeof value.version === 'number' && !isSupported(value.version)
}

/** Read one frame; a `hello` of a version that is not spoken here is refused as that, whatever else it holds. */
export const readFrame = (frame: string): ClientMessage => {
  try {
    const message = parseClientMessage(frame)
    if (message.type === 'hello' && !isSupported(message.version)) throw unsupported()
    return message
  } catch (error) {
    if (error instanceof ReparteeError && error.code === 'unknown_field' && isForeignHello(frame)) throw unsupported()
    throw error
  }
}
