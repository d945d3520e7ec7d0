/** One message of the PostgreSQL protocol, with its raw bytes. Messages before start-up have no type byte. */
export type Frame = { readonly kind: string; readonly bytes: Buffer }

const SSL_REQUEST = 80_877_103
const GSS_REQUEST = 80_877_104
const CANCEL_REQUEST = 80_877_102

const openingKind = (code: number): string => {
  switch (code) {
    case SSL_REQUEST:
    case GSS_REQUEST:
      return 'encryption'
    case CANCEL_REQUEST:
      return 'cancel'
    default:
      return 'startup'
  }
}

/** Split a byte stream into messages. Only a client's stream starts with messages without a type byte. */
export const createFrameReader = (o: { opening: boolean }): ((chunk: Buffer) => Frame[]) => {
  let rest: Buffer = Buffer.alloc(0)
  let opening = o.opening

  const next = (): Frame | null => {
    const head = opening ? 0 : 1
    if (rest.length < head + 4 || (opening && rest.length < 8)) return null
    const end = head + rest.readUInt32BE(head)
    if (rest.length < end) return null
    const bytes = rest.subarray(0, end)
    rest = rest.subarray(end)
    if (!opening) return { kind: String.fromCharCode(bytes[0] ?? 0), bytes }
    const kind = openingKind(bytes.readUInt32BE(4))
    opening = kind === 'encryption'
    return { kind, bytes }
  }

  return (chunk) => {
    rest = Buffer.concat([rest, chunk])
    const frames: Frame[] = []
    for (let frame = next(); frame !== null; frame = next()) frames.push(frame)
    return frames
  }
}

const textAt = (bytes: Buffer, from: number): { text: string; end: number } => {
  const end = bytes.indexOf(0, from)
  return { text: bytes.toString('utf8', from, end), end: end + 1 }
}

/** The statement that a Parse message prepares, and its name. */
export const readParse = ({ bytes }: Frame): { name: string; text: string } => {
  const { text: name, end } = textAt(bytes, 5)
  return { name, text: textAt(bytes, end).text }
}

/** The name of the statement that a Bind message uses. */
export const readBind = ({ bytes }: Frame): string => textAt(bytes, textAt(bytes, 5).end).text

/** The text of a simple query. */
export const readQuery = ({ bytes }: Frame): string => textAt(bytes, 5).text

const frame = (kind: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5)
  head.write(kind)
  head.writeUInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

/** An error message, as the server would send it. */
export const errorFrame = (severity: 'ERROR' | 'FATAL', sqlstate: string): Buffer =>
  frame('E', Buffer.from(`S${severity}\0V${severity}\0C${sqlstate}\0Mmade by the fault proxy\0\0`))

/** ReadyForQuery: the server is idle, outside a transaction. */
export const readyFrame = (): Buffer => frame('Z', Buffer.from('I'))
