import type { MailFailureKind } from '../../core/ports/mail-transport.ts'

const field = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null && name in error ? (error as Record<string, unknown>)[name] : undefined

const MAX_REASON = 200

/** Servers repeat the address, which must stand neither in the log nor in the database. */
const withoutAddresses = (text: string): string =>
  text
    .replaceAll(/[^\s<>:;,"'()[\]]+@[^\s<>:;,"'()]+/g, '…@…')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_REASON)

/**
 * What a failed attempt means (RFC 5321 §4.2.1, RFC 3463). Only an answer to the recipient or to the message itself can
 * be about this message, and of these a refusal for reasons of policy (x.7.x) is often about the service: mail that the
 * operator can make deliverable is not given up at once.
 */
const kindOf = (command: string, status: number, enhanced: string): MailFailureKind => {
  const isAboutMessage = command.startsWith('RCPT') || command.startsWith('DATA')
  if (!isAboutMessage || status < 400 || status === 421 || status === 530) return 'server'
  return status >= 500 && !enhanced.startsWith('5.7.') ? 'message' : 'later'
}

/** The kind of a failure of nodemailer, and a reason without addresses. */
export const describeSmtpError = (error: unknown): { kind: MailFailureKind; reason: string } => {
  const command = String(field(error, 'command') ?? '')
  const response = String(field(error, 'response') ?? '')
  const status = Number(field(error, 'responseCode') ?? 0)
  const enhanced = /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})/.exec(response)?.[1] ?? ''
  const code = String(field(error, 'code') ?? '')
  const said = response !== '' ? response : error instanceof Error ? error.message : String(error)
  const at = [code, command].filter((word) => word !== '').join(' ')
  return { kind: kindOf(command, status, enhanced), reason: withoutAddresses(at === '' ? said : `${at}: ${said}`) }
}
