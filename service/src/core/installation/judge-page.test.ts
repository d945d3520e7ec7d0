import { describe, expect, test } from 'vitest'
import { judgePage } from './judge-page.ts'

const BASE = 'https://comments.example'
const URL_OF_PAGE = 'https://blog.example/post'
const site = { publicKey: 'my-blog', origins: ['https://blog.example', 'http://plain.example'] }
const SNIPPET = `<script async src="${BASE}/embed.js" data-site="my-blog"></script>`

const judge = (
  body: string | Uint8Array,
  o: { headers?: Record<string, string[]>; status?: number; url?: string; asked?: string } = {},
) => {
  const url = o.url ?? URL_OF_PAGE
  const headers = { 'content-type': ['text/html; charset=utf-8'], ...o.headers }
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  const answer = { status: o.status ?? 200, headers, body: bytes, url }
  return judgePage(site, { asked: o.asked ?? url, base: BASE, answer })
}

const FOUND = { kind: 'snippet_found', how: 'script' }

describe('the snippet is found', () => {
  test.each([
    [
      'where it should stand',
      `<!doctype html><html><head><title>A</title></head><body><p>x</p>${SNIPPET}</body></html>`,
    ],
    ['in a page without html, head and body', `<p>x${SNIPPET}`],
    ['without quotes and in upper case', `<p><SCRIPT ASYNC SRC=${BASE}/embed.js DATA-SITE=my-blog></SCRIPT>`],
    ['with single quotes and a query', `<p><script src='${BASE}/embed.js?v=1' data-site='my-blog'></script>`],
    [
      'with character references',
      `<p><script src="https&#58;//comments.example/embed.js" data-site="my&#45;blog"></script>`,
    ],
    ['without a scheme', '<p><script src="//comments.example/embed.js" data-site="my-blog"></script>'],
    ['with a base element', `<base href="${BASE}/x/"><p><script src="/embed.js" data-site="my-blog"></script>`],
    ['as a module', `<p><script type="module" src="${BASE}/embed.js" data-site="my-blog"></script>`],
    ['beside another site’s', `<p>${SNIPPET.replace('my-blog', 'other')}${SNIPPET}`],
    ['beside one that counts', `<head>${SNIPPET.replace('async', 'data-count')}</head><body>${SNIPPET}`],
    ['after a script with its text', `<p><script>"<!-- ${SNIPPET.replaceAll('</script>', '')}"</script>${SNIPPET}`],
  ])('%s', async (_, html) => {
    expect(await judge(html)).toEqual([FOUND])
  })

  test('in the head, if the page has an element for the comments', async () => {
    const found = [{ kind: 'snippet_found', how: 'element' }]
    const head = `<html><head>${SNIPPET}</head>`
    expect(await judge(`${head}<body><repartee-comments>x</repartee-comments>`)).toEqual(found)
    expect(await judge(`${head}<body><repartee-comments site="my-blog"></repartee-comments>`)).toEqual(found)
    expect(await judge(`${head}<body><repartee-comments site="other"></repartee-comments>`)).toEqual([
      { kind: 'script_in_head' },
    ])
  })

  test.each([
    ['windows-1258', [0xd0]],
    ['iso-2022-jp', []],
    ['no-such-charset', [0xff]],
  ])('in a page in %s', async (charset, bytes) => {
    const body = Buffer.concat([Buffer.from(bytes), Buffer.from(`<p>${SNIPPET}`)])
    expect(await judge(body, { headers: { 'content-type': [`text/html;charset="${charset}"`] } })).toEqual([FOUND])
  })

  test('in UTF-16 with a byte order mark', async () => {
    const body = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(`<p>${SNIPPET}`, 'utf16le')])
    expect(await judge(body)).toEqual([FOUND])
  })
})

describe('what is wrong with it', () => {
  const body = (inner: string): string => `<!doctype html><html><head></head><body>${inner}</body></html>`
  test.each<[what: string, html: string, finding: object]>([
    ['another key', body(SNIPPET.replace('my-blog', 'my-blgo')), { kind: 'wrong_site', site: 'my-blgo' }],
    ['no key', body(SNIPPET.replace(' data-site="my-blog"', '')), { kind: 'no_site' }],
    ['an empty key', body(SNIPPET.replace('"my-blog"', '""')), { kind: 'no_site' }],
    [
      'a key only on the element',
      body(`<script src="${BASE}/embed.js"></script><repartee-comments site="my-blog"></repartee-comments>`),
      { kind: 'no_site' },
    ],
    [
      'another host',
      body(SNIPPET.replace('comments.example', 'old.example')),
      { kind: 'wrong_host', src: 'https://old.example/embed.js' },
    ],
    [
      'a relative address',
      body('<script src="/embed.js" data-site="my-blog"></script>'),
      { kind: 'wrong_host', src: 'https://blog.example/embed.js' },
    ],
    ['the head', `<html><head>${SNIPPET}</head><body><p>x</body></html>`, { kind: 'script_in_head' }],
    ['a page that ends in its head', `<title>x</title>${SNIPPET}`, { kind: 'script_in_head' }],
    ['only counts', body(SNIPPET.replace('async', 'data-count')), { kind: 'only_counts' }],
    [
      'a tool for consent',
      body(SNIPPET.replace('async', 'type="text/plain"')),
      { kind: 'script_disabled', type: 'text/plain' },
    ],
    [
      'Rocket Loader',
      body(SNIPPET.replace('async', 'type="a1b2-text/javascript"')),
      { kind: 'script_disabled', type: 'a1b2-text/javascript' },
    ],
    ['a template', body(`<template><p>${SNIPPET}</template>`), { kind: 'inert', within: 'template' }],
    ['a noscript', body(`<noscript>${SNIPPET}</noscript>`), { kind: 'inert', within: 'noscript' }],
    ['a script that ends in a slash', body(SNIPPET.replace('></script>', '/>')), { kind: 'script_unclosed' }],
    ['a script that does not end', `<p>${SNIPPET.replace('</script>', '')}`, { kind: 'script_unclosed' }],
    ['a comment', body(`<!-- ${SNIPPET} -->`), { kind: 'in_comment' }],
    [
      'an element without a script',
      body('<repartee-comments site="my-blog"></repartee-comments>'),
      { kind: 'no_script' },
    ],
    [
      'an element of another site',
      body('<repartee-comments site="b"></repartee-comments>'),
      { kind: 'wrong_site', site: 'b' },
    ],
    [
      'text',
      body(`<pre>${SNIPPET.replaceAll('<', '&lt;').replaceAll('"', '&quot;')}</pre>`),
      { kind: 'shown_as_text' },
    ],
    ['text in a title', `<title>${SNIPPET}</title><body>x`, { kind: 'not_in_html' }],
    ['nothing', body('<div id="app"></div><script src="/app.js"></script>'), { kind: 'not_in_html' }],
    ['another product', body('<script src="https://talk.example/embed.js"></script>'), { kind: 'not_in_html' }],
    ['an empty page', '', { kind: 'not_in_html' }],
  ])('%s', async (_, html, finding) => {
    expect(await judge(html)).toEqual([finding])
  })

  test('several wrong snippets are each told once', async () => {
    const wrong = SNIPPET.replace('my-blog', 'a')
    expect(await judge(body(`${wrong}${wrong}${SNIPPET.replace('my-blog', 'b')}`))).toEqual([
      { kind: 'wrong_site', site: 'a' },
      { kind: 'wrong_site', site: 'b' },
    ])
  })

  test('a script over HTTP on a page over HTTPS', async () => {
    const o = { url: URL_OF_PAGE, headers: { 'content-type': ['text/html'] } }
    const answer = { ...o, status: 200, body: new TextEncoder().encode(body(SNIPPET.replace('https:', 'http:'))) }
    const at = (base: string) => judgePage(site, { asked: o.url, base, answer })
    expect(await at('http://comments.example')).toEqual([
      { kind: 'insecure_script', src: 'http://comments.example/embed.js' },
    ])
  })

  test('texts of the page are cut', async () => {
    const long = 'a'.repeat(10_000)
    const [finding] = await judge(body(SNIPPET.replace('my-blog', long)))
    expect(finding).toEqual({ kind: 'wrong_site', site: long.slice(0, 300) })
  })
})

describe('policies', () => {
  test('of headers and of meta elements in the head are judged for the script that works', async () => {
    const csp = { 'content-security-policy': ["script-src 'self'; connect-src *"] }
    const meta = '<meta http-equiv="Content-Security-Policy" content="connect-src &#39;self&#39;">'
    const findings = await judge(`<html><head>${meta}</head><body>${SNIPPET}`, { headers: csp })
    expect(findings).toMatchObject([
      FOUND,
      { kind: 'csp_blocks', what: 'loader', from: 'header' },
      { kind: 'csp_blocks', what: 'requests', from: 'meta' },
      { kind: 'csp_blocks', what: 'live', from: 'meta' },
    ])
  })

  test('that only report, or stand in the body, are not', async () => {
    const meta = '<meta http-equiv="Content-Security-Policy" content="default-src none">'
    const headers = { 'content-security-policy-report-only': ["default-src 'none'"] }
    expect(await judge(`<html><head></head><body>${meta}${SNIPPET}`, { headers })).toEqual([FOUND])
  })

  test('the nonce of the script counts', async () => {
    const headers = { 'content-security-policy': ["script-src 'nonce-abc' 'strict-dynamic'"] }
    expect(await judge(`<p>${SNIPPET.replace('async', 'nonce="abc"')}`, { headers })).toEqual([FOUND])
  })
})

describe('the answer', () => {
  test.each([404, 500, 403, 301])('status %i is told, whatever the body', async (status) => {
    expect(await judge(`<p>${SNIPPET}`, { status })).toEqual([{ kind: 'http_status', status }])
  })

  test('anything but HTML is told', async () => {
    for (const type of ['application/json', 'text/plain; charset=utf-8', ''])
      expect(await judge(SNIPPET, { headers: { 'content-type': [type] } })).toEqual([
        { kind: 'not_html', contentType: type },
      ])
    expect(await judge(`<p>${SNIPPET}`, { headers: { 'content-type': ['Application/XHTML+XML'] } })).toEqual([FOUND])
  })

  test('a redirect is told, and the page it led to is judged', async () => {
    const to = 'https://blog.example/post/'
    expect(await judge(`<p>${SNIPPET}`, { asked: URL_OF_PAGE, url: to })).toEqual([{ kind: 'redirected', to }, FOUND])
  })

  test('a redirect to an origin that the site does not list is the problem', async () => {
    const to = 'https://www.blog.example/post'
    expect(await judge(`<p>${SNIPPET}`, { asked: URL_OF_PAGE, url: to })).toEqual([
      { kind: 'redirected', to },
      { kind: 'origin_not_listed', origin: 'https://www.blog.example' },
    ])
  })
})
