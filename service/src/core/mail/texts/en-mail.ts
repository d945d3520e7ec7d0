import type { Block, MailTexts, ValueWriter } from '../letter.ts'
import type { MailMessage } from '../mail-kinds.ts'

const when = (write: ValueWriter): readonly [string, string] => ['When', write.time(write.at)]
const works = (expiresAt: number, write: ValueWriter): string => `The link works for ${write.until(expiresAt)}.`
const checkAccount = (write: ValueWriter): Block => ({ button: 'Check your account', link: write.dashboard })

const changes: Readonly<Record<Extract<MailMessage, { kind: 'second_factor_changed' }>['change'], string>> = {
  totp_added: 'An authenticator app was added to your account.',
  totp_removed: 'The authenticator app was removed from your account.',
  passkey_added: 'A passkey was added to your account.',
  passkey_removed: 'A passkey was removed from your account.',
  recovery_codes_made: 'New recovery codes were made for your account. The old ones no longer work.',
}

/** By the kind of finding. */
const problems: Readonly<Record<string, string>> = {
  origin_not_listed: 'The page is on an origin that the site does not list.',
  unreachable: 'The page cannot be reached.',
  http_status: 'The page answers with an error.',
  not_html: 'The address no longer answers with a page.',
  csp_blocks: 'The page’s Content Security Policy blocks the comments.',
  insecure_script: 'The page is on HTTPS but loads the comments over HTTP, which browsers block.',
  wrong_site: 'The snippet on the page has the key of another site.',
  no_site: 'The snippet on the page has no key.',
  wrong_host: 'The snippet on the page loads the comments from another service.',
  script_disabled: 'The script is on the page but switched off.',
  script_in_head: 'The script is in the head of the page, where it has no place to draw.',
  only_counts: 'The snippet on the page shows only counts.',
  shown_as_text: 'The page shows the snippet as text.',
  inert: 'The snippet is in a part of the page that does not run.',
  in_comment: 'The snippet is in an HTML comment.',
  not_in_html: 'The snippet is no longer on the page.',
}

export const enMail: MailTexts = {
  letters: {
    verify_email: ({ link, expiresAt }, write) => ({
      subject: 'Confirm your e-mail address',
      blocks: [
        { text: 'Please confirm that this address is yours.' },
        { button: 'Confirm address', link },
        { note: `${works(expiresAt, write)} If you did not ask for this, ignore this mail.` },
      ],
    }),
    sign_up: ({ link, expiresAt }, write) => ({
      subject: 'Create your account',
      blocks: [
        { text: 'Someone, probably you, wants to create an account for this address.' },
        { button: 'Create account', link },
        { note: `${works(expiresAt, write)} If it was not you, ignore this mail: no account is created.` },
      ],
    }),
    sign_up_known_address: ({ link }) => ({
      subject: 'You already have an account',
      blocks: [
        { text: 'Someone, probably you, tried to create an account for this address. You already have one.' },
        { button: 'Sign in', link },
        { note: 'If you have forgotten your password, you can choose a new one there. If it was not you, do nothing.' },
      ],
    }),
    reset_password: ({ link, expiresAt }, write) => ({
      subject: 'Choose a new password',
      blocks: [
        { text: 'Someone, probably you, asked to choose a new password for your account.' },
        { button: 'Choose a new password', link },
        { note: `${works(expiresAt, write)} If it was not you, ignore this mail: your password stays as it is.` },
      ],
    }),
    password_changed: (_, write) => ({
      subject: 'Your password was changed',
      blocks: [
        { text: 'The password of your account was changed.' },
        { facts: [when(write)] },
        { text: 'If it was not you, choose a new password at once. The page to sign in leads there.' },
        { button: 'Sign in', link: write.dashboard },
      ],
    }),
    email_change_new: ({ link, expiresAt }, write) => ({
      subject: 'Confirm your new e-mail address',
      blocks: [
        { text: 'Please confirm that your account should use this address from now on.' },
        { text: 'Your present address has to agree too. It has got a mail of its own.' },
        { button: 'Confirm new address', link },
        { note: `${works(expiresAt, write)} If you did not ask for this, ignore this mail.` },
      ],
    }),
    email_change_old: ({ link, expiresAt, newEmail }, write) => ({
      subject: 'Agree to your new e-mail address',
      blocks: [
        { text: 'Someone, probably you, wants your account to use another e-mail address:' },
        { facts: [['New address', write.quote(newEmail)]] },
        { button: 'Agree', link },
        { note: `${works(expiresAt, write)} If it was not you, do not agree, and change your password.` },
      ],
    }),
    email_changed: ({ newEmail }, write) => ({
      subject: 'Your e-mail address was changed',
      blocks: [
        { text: 'Your account now uses another e-mail address. No more mail is sent to this one.' },
        { facts: [['New address', write.quote(newEmail)], when(write)] },
        { note: 'If it was not you, tell the people who run this service.' },
      ],
    }),
    invitation: ({ link, expiresAt, from }, write) => ({
      subject: 'You are invited',
      blocks: [
        {
          text:
            from === ''
              ? 'You are invited to open an account.'
              : `“${write.quote(from)}” invites you to open an account.`,
        },
        { button: 'Accept invitation', link },
        { note: `${works(expiresAt, write)} If you do not expect an invitation, ignore this mail.` },
      ],
    }),
    new_device_sign_in: ({ device }, write) => ({
      subject: 'New sign-in to your account',
      blocks: [
        { text: 'Your account was used on a device that we have not seen before.' },
        { facts: [['Device', write.quote(device)], when(write)] },
        { text: 'If it was you, there is nothing to do. If not, end that session and change your password.' },
        checkAccount(write),
      ],
    }),
    second_factor_changed: ({ change }, write) => ({
      subject: 'The sign-in to your account was changed',
      blocks: [
        { text: changes[change] },
        { facts: [when(write)] },
        { text: 'If it was not you, undo this and change your password.' },
        checkAccount(write),
      ],
    }),
    installation_problem: ({ site, page, problem, since, link }, write) => ({
      subject: `Comments are missing on ${write.quote(site)}`,
      blocks: [
        { text: `Readers of “${write.quote(site)}” cannot see the comments on a page that had them.` },
        {
          facts: [
            ['Page', write.quote(page)],
            ['Problem', problems[problem] ?? 'The check of the page found a problem.'],
            ['Since', write.time(since)],
          ],
        },
        { button: 'See what to do', link },
      ],
    }),
    test: (_, write) => ({
      subject: 'Test mail',
      blocks: [
        { text: 'This is a test. If you can read it, mail from your service arrives.' },
        { facts: [['Requested', write.time(write.at)]] },
      ],
    }),
  },
  linkHint: 'If the button does not work, open this link:',
  footers: {
    account: (service) => `Sent by the comment service at ${service} because your account there has this address.`,
    request: (service) => `Sent by the comment service at ${service} because someone entered this address there.`,
    notice: (service) => `Sent by the comment service at ${service} because you look after this site.`,
  },
  settings: 'Stop these notices',
}
