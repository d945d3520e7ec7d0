import { describe, expect, test } from 'vitest'
import { judgePolicies } from './judge-policy.ts'
import { policiesOfHeaders, policyOfMeta } from './parse-policy.ts'

const PAGE = new URL('https://blog.example/post')
const OURS = 'https://comments.example'
const tag = { url: new URL(`${OURS}/embed.js`), nonce: '' }

/** What a policy blocks, as words. */
const blocks = (policy: string, o: { nonce?: string; page?: string; loader?: string } = {}): string[] =>
  judgePolicies(
    policiesOfHeaders([policy]),
    { url: new URL(o.loader ?? tag.url), nonce: o.nonce ?? '' },
    o.page === undefined ? PAGE : new URL(o.page),
  ).map(({ what, directive, add }) => `${what}: ${directive} + ${add}`)

const LOADER = `loader: script-src + ${OURS}`
const REQUESTS = [`requests: connect-src + ${OURS}`, 'live: connect-src + wss://comments.example']

describe('scripts', () => {
  test.each([
    [`script-src ${OURS}`],
    ['script-src comments.example'],
    ['script-src *.example'],
    ['script-src https:'],
    ['script-src http:'],
    ['script-src *'],
    [`script-src 'none' ${OURS}`],
    [`script-src ${OURS}:443`],
    [`script-src ${OURS}/`],
    [`script-src ${OURS}:*`],
    [`SCRIPT-SRC\t${OURS.toUpperCase()}`],
    [`script-src 'none'; script-src-elem ${OURS}`],
    [`script-src ${OURS}; script-src 'none'`],
    [`script-src 'self' 'unsafe-inline' ${OURS}/embed.js ${OURS}/w/`],
    ["style-src 'none'; img-src 'none'; frame-src 'none'; frame-ancestors 'none'; font-src 'none'"],
    [''],
    [';;, ;'],
  ])('%j lets the widget load', (policy) => {
    expect(blocks(policy)).toEqual([])
  })

  test.each([
    ["script-src 'self'"],
    ["script-src 'none'"],
    ['script-src'],
    ['script-src https://other.example'],
    ['script-src https://sub.comments.example'],
    ['script-src *.comments.example'],
    ['script-src comments.example:8443'],
    ["script-src 'unsafe-inline' 'unsafe-eval' data: blob:"],
    [`script-src ${OURS}/other/`],
    ['script-src wss://comments.example'],
    ["script-src 'sha256-AAAA'"],
  ])('%j keeps the loader out', (policy) => {
    expect(blocks(policy)).toEqual([LOADER])
  })

  test('a policy that names only the loader keeps the application out', () => {
    expect(blocks(`script-src ${OURS}/embed.js`)).toEqual([`application: script-src + ${OURS}`])
  })

  test('a nonce lets in the script that has it, and all it loads', () => {
    const policy = "script-src 'nonce-r4nd0m' 'strict-dynamic'"
    expect(blocks(policy, { nonce: 'r4nd0m' })).toEqual([])
    expect(blocks("script-src 'nonce-r4nd0m'", { nonce: 'r4nd0m' })).toEqual([])
    expect(blocks(policy, { nonce: 'R4nd0m' })).toEqual(['loader: script-src + nonce'])
    expect(blocks(`${policy} ${OURS}`)).toEqual(['loader: script-src + nonce'])
    expect(blocks("script-src 'nonce-r4nd0m'")).toEqual([LOADER])
  })

  test('the directive that blocks is named, and the one to write', () => {
    expect(judgePolicies(policiesOfHeaders(["default-src 'self'"]), tag, PAGE)).toEqual([
      {
        kind: 'csp_blocks',
        what: 'loader',
        directive: 'script-src',
        blockedBy: 'default-src',
        add: OURS,
        from: 'header',
      },
      {
        kind: 'csp_blocks',
        what: 'requests',
        directive: 'connect-src',
        blockedBy: 'default-src',
        add: OURS,
        from: 'header',
      },
      {
        kind: 'csp_blocks',
        what: 'live',
        directive: 'connect-src',
        blockedBy: 'default-src',
        add: 'wss://comments.example',
        from: 'header',
      },
    ])
    expect(blocks(`script-src ${OURS}; script-src-elem 'self'`)).toEqual([`loader: script-src-elem + ${OURS}`])
  })

  test('every policy must allow it, also several in one line', () => {
    expect(blocks(`script-src ${OURS}, script-src 'self'`)).toEqual([LOADER])
    const two = [...policiesOfHeaders([`script-src ${OURS}`]), policyOfMeta("script-src 'self'")]
    expect(judgePolicies(two, tag, PAGE).map(({ what, from }) => [what, from])).toEqual([['loader', 'meta']])
  })
})

describe('connections', () => {
  test.each([
    [`connect-src ${OURS} wss://comments.example`, []],
    ['connect-src *', []],
    ['connect-src https: wss:', []],
    ['connect-src wss:', REQUESTS.slice(0, 1)],
    ["connect-src 'self'", REQUESTS],
    ["connect-src 'none'", REQUESTS],
    [`connect-src ${OURS}`, REQUESTS.slice(1)],
    [`connect-src ${OURS}/api/ wss://comments.example`, []],
    [`connect-src ${OURS}/other/ wss://comments.example`, REQUESTS.slice(0, 1)],
  ])('%j', (policy, blocked) => {
    expect(blocks(policy)).toEqual(blocked)
  })

  test('a page on the service’s own host needs only ’self’', () => {
    expect(blocks("default-src 'self'", { page: `${OURS}/demo/` })).toEqual([])
    const local = { page: 'http://localhost:8080/demo/', loader: 'http://localhost:8080/embed.js' }
    expect(blocks("default-src 'self'", local)).toEqual([])
    expect(blocks("default-src 'self'", { ...local, loader: 'http://localhost:8081/embed.js' })).toHaveLength(3)
  })
})

test('trusted types need both policies of the widget, if the page lists any', () => {
  expect(blocks("require-trusted-types-for 'script'")).toEqual([])
  expect(blocks('trusted-types repartee svelte-trusted-html')).toEqual([])
  expect(blocks("trusted-types * 'allow-duplicates'")).toEqual([])
  expect(blocks("trusted-types 'none'")).toEqual(['trusted_types: trusted-types + repartee svelte-trusted-html'])
  expect(blocks('trusted-types default repartee')).toEqual(['trusted_types: trusted-types + svelte-trusted-html'])
})

test('a sandbox needs scripts and its own origin, and only a header can set one', () => {
  expect(blocks('sandbox allow-scripts allow-same-origin')).toEqual([])
  expect(blocks('sandbox')).toEqual(['sandbox: sandbox + allow-scripts allow-same-origin'])
  expect(blocks('sandbox Allow-Scripts')).toEqual(['sandbox: sandbox + allow-same-origin'])
  expect(judgePolicies([policyOfMeta('sandbox')], tag, PAGE)).toEqual([])
})

test('in a meta element a comma separates nothing', () => {
  const policy = policyOfMeta(`script-src ${OURS}, script-src 'self'`)
  expect(policy.directives.get('script-src')).toEqual([`${OURS},`, 'script-src', "'self'"])
})
