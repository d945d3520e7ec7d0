import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalEmail, parseEmail } from '../accounts/email-address.ts'
import { parseMailSender } from './mail-sender.ts'
import { maskAddress, readableAddress } from './mask-address.ts'

const read = (text: string): string | null => {
  try {
    return parseEmail(text)
  } catch (error) {
    expect(error).toMatchObject({ code: 'email_invalid' })
    return null
  }
}

describe('an e-mail address', () => {
  test.each([
    ['ann@example.org', 'ann@example.org', 'ann@example.org'],
    ['  Ann.B+c@EXAMPLE.org\n', 'Ann.B+c@example.org', 'ann.b+c@example.org'],
    [
      "o'brien!#$%&*/=?^_`{|}~-@example.org",
      "o'brien!#$%&*/=?^_`{|}~-@example.org",
      "o'brien!#$%&*/=?^_`{|}~-@example.org",
    ],
    ['ann@bücher.example', 'ann@xn--bcher-kva.example', 'ann@xn--bcher-kva.example'],
    ['ann@BÜCHER.example', 'ann@xn--bcher-kva.example', 'ann@xn--bcher-kva.example'],
    ['ann@ví-dụ.vn', 'ann@xn--v-d-rma6749a.vn', 'ann@xn--v-d-rma6749a.vn'],
    ['ann@例え。jp', 'ann@xn--r8jz45g.jp', 'ann@xn--r8jz45g.jp'],
    [`${'a'.repeat(64)}@example.org`, `${'a'.repeat(64)}@example.org`, `${'a'.repeat(64)}@example.org`],
  ])('%j is sent to as %j and found as %j', (text, address, key) => {
    expect(parseEmail(text)).toBe(address)
    expect(canonicalEmail(parseEmail(text))).toBe(key)
  })

  test.each([
    '',
    'ann',
    '@example.org',
    'ann@',
    'ann@localhost',
    'ann@mail.localhost',
    'ann@a.invalid',
    'ann@printer.local',
    'ann@127.0.0.1',
    'ann@[127.0.0.1]',
    'ann@0x7f.1',
    'ann@example.org, bob@example.org',
    'Ann <ann@example.org>',
    '<ann@example.org>',
    '"ann b"@example.org',
    'ann(comment)@example.org',
    'ann@example.org\r\nBcc: eve@evil.example',
    'ann\u0000@example.org',
    'ann b@example.org',
    '.ann@example.org',
    'ann.@example.org',
    'an..n@example.org',
    'ann@example..org',
    'ann@.example.org',
    'ann@-example.org',
    'ann@example.org:25',
    'ann@example.org/x',
    'ann@exam%2eple.org',
    'ann@example.org?x',
    'änn@example.org',
    'ann@exa\u202emple.org',
    'ann@exa mple.org',
    `${'a'.repeat(65)}@example.org`,
    `ann@${'a'.repeat(64)}.org`,
    `ann@${'a.'.repeat(130)}org`,
    `ann@example.${'o'.repeat(10_000)}`,
    'a@b@example.org',
  ])('%j is none', (text) => {
    expect(() => parseEmail(text)).toThrow(/^email: /)
  })

  test('whatever is accepted is one address in ASCII, without anything that ends a header or a command', () => {
    const part = fc.string({ unit: fc.constantFrom(...'aZ0.-_+@<>,;:"()[]\\ \r\nüđ。\u202e%/') })
    fc.assert(
      fc.property(
        fc.oneof(
          part,
          fc.tuple(part, part).map((halves) => halves.join('@')),
          fc.emailAddress(),
        ),
        (text) => {
          const parsed = read(text)
          if (parsed === null) return
          expect(parsed).toMatch(/^[!-~]+@[a-z0-9.-]+\.[a-z0-9-]+$/)
          expect(parsed).not.toMatch(/[<>,;:"()[\]\\\s]/)
          expect(parsed.split('@')).toHaveLength(2)
          expect(parseEmail(parsed)).toBe(parsed)
          expect(parseEmail(canonicalEmail(parsed))).toBe(canonicalEmail(parsed))
        },
      ),
      { numRuns: 2_000 },
    )
  })

  test('is shown with its domain in its own script, and masked so that nobody can write to it', () => {
    expect(readableAddress('ann@xn--bcher-kva.example')).toBe('ann@bücher.example')
    expect(maskAddress('ann@xn--bcher-kva.example')).toBe('a…@bücher.example')
    expect(maskAddress('not an address')).toBe('…')
  })
})

describe('the sender', () => {
  test.each([
    ['comments@blog.example', '', 'comments@blog.example'],
    ['Comments <comments@blog.example>', 'Comments', 'comments@blog.example'],
    [' "Comments, of Ann" <comments@bücher.example> ', 'Comments, of Ann', 'comments@xn--bcher-kva.example'],
    ['Bình luận <comments@blog.example>', 'Bình luận', 'comments@blog.example'],
    ['<comments@blog.example>', '', 'comments@blog.example'],
  ])('%j', (text, name, address) => {
    expect(parseMailSender(text)).toEqual({ name, address })
  })

  test.each([
    'Comments',
    'Comments <comments>',
    'a <b@c.example> d',
    'a\r\nBcc: x <b@c.example>',
    'a@b.example, c@d.example',
  ])('%j is refused', (text) => {
    expect(() => parseMailSender(text)).toThrow('expected an address')
  })
})
