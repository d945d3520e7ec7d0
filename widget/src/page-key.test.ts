import { expect, test } from 'vitest'
import { pageKeyOf } from './page-key.ts'
import { commentOfHash } from './state/permalink.ts'

test.each([
  ['the canonical link decides', 'https://blog.example/post', 'https://m.blog.example/post?utm=1', '/post'],
  ['a canonical link may be relative', '../b/', 'https://blog.example/a/c', '/b/'],
  ['without one the path, not query or hash', undefined, 'https://blog.example/2026/post?a=1#b', '/2026/post'],
  ['a canonical link that is no URL counts as none', 'http://[', 'https://blog.example/post', '/post'],
  ['the root', undefined, 'https://blog.example', '/'],
])('the page key: %s', (_name, canonical, href, key) => {
  expect(pageKeyOf({ canonical, href })).toBe(key)
})

test.each([
  ['#repartee-018F0000-0000-7000-8000-000000000001', '018f0000-0000-7000-8000-000000000001'],
  ['#repartee-', null],
  ['#repartee-018f0000-0000-7000-8000-000000000001x', null],
  ['#comments', null],
  ['', null],
])('the comment in %s', (hash, id) => {
  expect(commentOfHash(hash)).toBe(id)
})
