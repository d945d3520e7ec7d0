import { type SiteSettings, siteSettingsSchema } from '@repartee/sdk/protocol'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { renderBody } from '../markdown/render-markdown.ts'
import { phases } from './phases.ts'
import { decide, type ModerationContext, type Phase } from './pipeline.ts'

const settings = (change: Partial<SiteSettings> = {}): SiteSettings => ({
  ...v.parse(siteSettingsSchema, {}),
  ...change,
})

const contextOf = (body: string, change: Partial<ModerationContext> = {}): ModerationContext => ({
  body,
  html: renderBody(body),
  settings: settings(),
  author: { id: 'a', kind: 'guest', approvedCount: 0 },
  actorRole: 'guest',
  parentId: null,
  rate: { allowed: true, retryAfterMs: 0 },
  duplicateOf: null,
  edit: false,
  ...change,
})

const evaluate = (body: string, change: Partial<ModerationContext> = {}) => decide(phases, contextOf(body, change))
const links = (count: number): string => Array.from({ length: count }, (_, at) => `https://a.example/${at}`).join(' ')

describe('decide', () => {
  const says = (name: string, code: 'body_blank' | 'forbidden' | null): Phase => ({
    name,
    evaluate: () => (code ? { kind: 'refuse', code } : null),
  })

  test('the first phase with a result decides and is named', () => {
    expect(decide([says('a', null), says('b', 'forbidden'), says('c', 'body_blank')], contextOf('x'))).toEqual({
      kind: 'refuse',
      code: 'forbidden',
      phase: 'b',
    })
  })

  test('without a result of any phase a comment is approved', () => {
    expect(decide([], contextOf('x'))).toMatchObject({ kind: 'store', status: 'approved', phase: 'none' })
  })

  test('phases do not change their context, and give the same result twice', () => {
    const frozen = Object.freeze(contextOf(links(5)))
    expect(decide(phases, frozen)).toEqual(decide(phases, frozen))
  })
})

describe('the policy', () => {
  test('an ordinary comment is approved', () => {
    expect(evaluate('Hello, *world*!')).toMatchObject({ kind: 'store', status: 'approved' })
  })

  test.each(['', ' \u200b', '&nbsp;', '[x]: https://a.example', '---'])('%j is blank', (body) => {
    expect(evaluate(body)).toMatchObject({ kind: 'refuse', code: 'body_blank', phase: 'length' })
  })

  test('length counts UTF-16 code units, up to and including the limit', () => {
    const change = { settings: settings({ maxBodyLength: 4 }) }
    expect(evaluate('😀😀', change).kind).toBe('store')
    expect(evaluate('😀😀a', change)).toMatchObject({ kind: 'refuse', code: 'body_too_long' })
  })

  test('an author who writes too fast is told how long to wait', () => {
    expect(evaluate('x', { rate: { allowed: false, retryAfterMs: 1_500 } })).toEqual({
      kind: 'refuse',
      code: 'rate_limited',
      retryAfterMs: 1_500,
      phase: 'rate',
    })
  })

  test('a duplicate is refused, but not as an edit', () => {
    expect(evaluate('x', { duplicateOf: 'c' })).toMatchObject({ code: 'duplicate_comment' })
    expect(evaluate('x', { duplicateOf: 'c', edit: true }).kind).toBe('store')
  })

  test('links are held above one limit and refused above the other; the same page twice is one link', () => {
    expect(evaluate(links(3))).toMatchObject({ status: 'approved' })
    expect(evaluate(links(4))).toMatchObject({ status: 'pending', phase: 'links', reason: 'links: 4' })
    expect(evaluate(links(20))).toMatchObject({ status: 'pending' })
    expect(evaluate(links(21))).toMatchObject({ kind: 'refuse', code: 'too_many_links' })
    expect(evaluate('https://a.example '.repeat(50))).toMatchObject({ status: 'approved' })
    expect(evaluate('`https://a.example/1` <a@b.example> mailto:c@d.example '.repeat(30))).toMatchObject({
      status: 'approved',
    })
  })

  test('blocked words are refused and held words are held for that word, even with markup inside', () => {
    const change = { settings: settings({ words: { blocked: ['spam'], held: ['casino'] } }) }
    expect(evaluate('buy s**pa**m', change)).toMatchObject({ kind: 'refuse', code: 'blocked_words', phase: 'words' })
    expect(evaluate('a casino', change)).toMatchObject({ status: 'pending', phase: 'words', reason: 'words: casino' })
    expect(evaluate('casino spam', change)).toMatchObject({ kind: 'refuse' })
    expect(evaluate('spammer casinos', change)).toMatchObject({ status: 'approved' })
  })

  test('premoderation holds every author, or those without an approved comment', () => {
    const known = { id: 'a', kind: 'member', approvedCount: 1 } as const
    expect(evaluate('x', { settings: settings({ premoderation: 'first' }) })).toMatchObject({
      status: 'pending',
      phase: 'premoderation',
    })
    expect(evaluate('x', { settings: settings({ premoderation: 'first' }), author: known })).toMatchObject({
      status: 'approved',
    })
    expect(evaluate('x', { settings: settings({ premoderation: 'all' }), author: known })).toMatchObject({
      status: 'pending',
    })
    expect(evaluate('x', { settings: settings({ premoderation: 'all' }), author: known, edit: true })).toMatchObject({
      status: 'pending',
    })
  })

  test.each(['moderator', 'admin', 'owner'] as const)(
    'a %s passes links, words and premoderation, not length or rate',
    (actorRole) => {
      const strict = settings({
        premoderation: 'all',
        words: { blocked: ['spam'], held: [] },
        links: { hold: 0, refuse: 0 },
      })
      expect(evaluate(`spam ${links(30)}`, { settings: strict, actorRole })).toMatchObject({ status: 'approved' })
      expect(evaluate('', { settings: strict, actorRole })).toMatchObject({ code: 'body_blank' })
      expect(evaluate('x', { settings: strict, actorRole, rate: { allowed: false, retryAfterMs: 1 } })).toMatchObject({
        code: 'rate_limited',
      })
    },
  )

  test('no held comment breaks a rule that refuses, in any combination', () => {
    const strict = settings({
      premoderation: 'all',
      words: { blocked: ['spam'], held: ['casino'] },
      links: { hold: 1, refuse: 2 },
    })
    const words = fc.array(
      fc.constantFrom('spam', 'casino', 'hello', 'https://a.example', 'https://b.example', 'https://c.example'),
    )
    fc.assert(
      fc.property(words, fc.boolean(), (parts, repeated) => {
        const verdict = evaluate(parts.join(' '), { settings: strict, duplicateOf: repeated ? 'c' : null })
        const refused =
          repeated ||
          parts.length === 0 ||
          parts.includes('spam') ||
          new Set(parts.filter((part) => part.startsWith('http'))).size > 2
        expect(verdict.kind).toBe(refused ? 'refuse' : 'store')
      }),
    )
  })
})
