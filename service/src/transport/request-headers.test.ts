import { expect, test } from 'vitest'
import { readHeaders } from './headers.ts'
import type { HttpRequest } from './http.ts'

const sent = (lines: readonly (readonly [string, string])[]) =>
  readHeaders({ forEach: (each) => lines.forEach(([name, value]) => void each(name, value)) })

test('a header of the table can be read, and is empty if absent', () => {
  const headers = sent([['origin', 'https://blog.example']])
  expect(headers.get('origin')).toBe('https://blog.example')
  expect(headers.get('host')).toBe('')
})

test('reading a header outside the table does not compile, and throws', () => {
  const headers = sent([['referer', 'https://blog.example/a']])
  const request: Pick<HttpRequest, 'header'> = { header: headers.get }
  // @ts-expect-error a proxy would not pass it on
  expect(() => request.header('referer')).toThrow('referer: not in the table')
  // @ts-expect-error a name that every object has
  expect(() => headers.get('constructor')).toThrow('not in the table')
})

test('an empty header counts as one that may occur once', () => {
  const empty = sent([
    ['origin', ''],
    ['origin', 'https://blog.example'],
  ])
  expect(empty.repeated).toBe('origin')
})
