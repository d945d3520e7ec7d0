import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'

/** A message as it arrived. */
export type ReceivedMail = {
  readonly from: string
  readonly to: readonly string[]
  readonly raw: Buffer
  /** Whether the connection had TLS, and the user who signed in. */
  readonly secure: boolean
  readonly user: string | null
}

/** What the server does with the next messages. `lose answer` takes the message and cuts the connection, `keep silent` takes it and hangs. */
export type SmtpConduct =
  | 'accept'
  | 'hang at connect'
  | 'hang in data'
  | 'cut in data'
  | 'lose answer'
  | 'keep silent'
  | { readonly refuseAt: 'mail' | 'recipient' | 'data'; readonly code: number; readonly text: string }

export type SmtpOptions = {
  readonly port?: number
  /** PEM texts; without them the server offers no STARTTLS. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** TLS from the first byte. */
  readonly implicit?: boolean
  readonly account?: { readonly user: string; readonly pass: string }
  /** Keep every message there as a file. */
  readonly folder?: string
}

export type SmtpServerHandle = {
  readonly port: number
  readonly received: readonly ReceivedMail[]
  /** Connections so far, and messages that were begun. */
  readonly connections: number
  readonly attempts: number
  behave(conduct: SmtpConduct): void
  stop(): Promise<void>
}

const refusal = (code: number, text: string): Error => Object.assign(new Error(text), { responseCode: code })

/** Start a real SMTP server that keeps what it gets, on a free port of the loopback address unless one is given. */
export const startSmtp = async (o: SmtpOptions = {}): Promise<SmtpServerHandle> => {
  const received: ReceivedMail[] = []
  let conduct: SmtpConduct = 'accept'
  let connections = 0
  let attempts = 0

  const cut = (session: SMTPServerSession): void => {
    for (const connection of server.connections)
      if ((connection as unknown as { session: SMTPServerSession }).session === session)
        (connection as unknown as { _socket: { destroy(): void } })._socket.destroy()
  }
  const refusedAt = (place: 'mail' | 'recipient' | 'data'): Error | null =>
    typeof conduct === 'object' && conduct.refuseAt === place ? refusal(conduct.code, conduct.text) : null

  const keep = async (session: SMTPServerSession, raw: Buffer): Promise<void> => {
    const { mailFrom, rcptTo } = session.envelope
    received.push({
      from: mailFrom === false ? '' : mailFrom.address,
      to: rcptTo.map(({ address }) => address),
      raw,
      secure: session.secure,
      user: typeof session.user === 'string' ? session.user : null,
    })
    if (o.folder !== undefined) await writeFile(join(o.folder, `${String(received.length).padStart(4, '0')}.eml`), raw)
  }

  const takeData = async (
    stream: SMTPServerDataStream,
    session: SMTPServerSession,
    answer: (error?: Error | null) => void,
  ): Promise<void> => {
    attempts += 1
    if (conduct === 'cut in data') return cut(session)
    const chunks: Buffer[] = []
    for await (const chunk of stream) chunks.push(chunk as Buffer)
    const error = refusedAt('data')
    if (error !== null) return answer(error)
    if (conduct === 'hang in data') return
    await keep(session, Buffer.concat(chunks))
    if (conduct === 'lose answer') cut(session)
    else if (conduct !== 'keep silent') answer()
  }

  if (o.folder !== undefined) await mkdir(o.folder, { recursive: true })
  const server = new SMTPServer({
    ...o.tls,
    secure: o.implicit ?? false,
    authOptional: o.account === undefined,
    disabledCommands: [
      ...(o.tls === undefined ? (['STARTTLS'] as const) : []),
      ...(o.account === undefined ? (['AUTH'] as const) : []),
    ],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    onConnect: (_session, answer) => {
      connections += 1
      if (conduct !== 'hang at connect') answer()
    },
    onAuth: ({ username, password }, _session, answer) => {
      if (username === o.account?.user && password === o.account?.pass) answer(null, { user: username })
      else answer(refusal(535, '5.7.8 the user or password is wrong'))
    },
    onMailFrom: (_address, _session, answer) => answer(refusedAt('mail')),
    onRcptTo: (_address, _session, answer) => answer(refusedAt('recipient')),
    onData: (stream, session, answer) => {
      // A client that hangs up in the middle ends the stream with an error.
      takeData(stream, session, answer).catch(() => undefined)
    },
  })
  // Connections that are cut report it here.
  server.on('error', () => undefined)
  const listening = server.listen(o.port ?? 0, '127.0.0.1')
  await once(listening, 'listening')
  return {
    port: (listening.address() as AddressInfo).port,
    received,
    get connections() {
      return connections
    },
    get attempts() {
      return attempts
    },
    behave: (next) => {
      conduct = next
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
      }),
  }
}
