import { expect, test } from 'vitest'
import { parseUrl } from './parse-url.ts'

test('hosts with umlauts are parsed, however often others were parsed before', () => {
  for (let i = 0; i < 200_000; i += 1) parseUrl(`https://blog.example/${i % 10}`)
  expect(parseUrl('https://bücher.example')?.origin).toBe('https://xn--bcher-kva.example')
})

test('a reference is resolved against its base, and what is no URL is null', () => {
  expect(parseUrl('../b?c', 'https://blog.example/a/')?.href).toBe('https://blog.example/b?c')
  expect([parseUrl('b'), parseUrl('https://'), parseUrl('https://a b.example'), parseUrl('')]).toEqual([
    null,
    null,
    null,
    null,
  ])
})
