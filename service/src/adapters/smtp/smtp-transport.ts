import { createTransport } from 'nodemailer'
import { MailFailure, type MailTransport, type OutgoingMessage } from '../../core/ports/mail-transport.ts'
import { describeSmtpError } from './smtp-errors.ts'
import type { SmtpServer } from './smtp-url.ts'

const CONNECT_MS = 15_000
/** Without a byte. Servers may scan a message before they answer. */
const SILENCE_MS = 60_000
const MESSAGE_MS = 120_000

type Options = {
  readonly server: SmtpServer
  /** For tests. */
  readonly maxMs?: number
  readonly tls?: { readonly ca?: string }
}

/**
 * Hands messages to one SMTP server (RFC 5321), each over a connection of its own: a connection that died while idle
 * cannot lose a message. TLS is never given up where it was required, and certificates are always checked.
 */
export const createSmtpTransport = ({ server, maxMs = MESSAGE_MS, tls = {} }: Options): MailTransport => {
  const transporter = createTransport({
    host: server.host,
    port: server.port,
    secure: server.tls === 'implicit',
    requireTLS: server.tls === 'starttls',
    ignoreTLS: server.tls === 'none',
    tls: { minVersion: 'TLSv1.2', ...tls },
    ...(server.auth !== null && { auth: server.auth, forceAuth: true }),
    connectionTimeout: Math.min(CONNECT_MS, maxMs),
    greetingTimeout: Math.min(CONNECT_MS, maxMs),
    dnsTimeout: Math.min(CONNECT_MS, maxMs),
    socketTimeout: Math.min(SILENCE_MS, maxMs),
    socketCloseTimeout: 0,
    allowInternalNetworkInterfaces: true,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    maxMs,
    send: async (message) => {
      const signal = AbortSignal.timeout(maxMs)
      try {
        await transporter.sendMail({ ...toMail(message), signal })
      } catch (error) {
        const { kind, reason } = signal.aborted
          ? { kind: 'server' as const, reason: `no answer within ${maxMs / 1_000} s` }
          : describeSmtpError(error)
        throw new MailFailure(kind, reason, { cause: error })
      }
    },
  }
}

/** Addresses are objects: in a string, a comma or a bracket of a name would make others of it. */
const toMail = (message: OutgoingMessage) => ({
  from: message.from,
  to: { name: '', address: message.to },
  subject: message.subject,
  text: message.text,
  html: message.html,
  headers: { ...message.headers },
  messageId: message.messageId,
  date: message.date,
  xMailer: false as const,
})
