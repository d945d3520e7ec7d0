import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { judge } from '../../deploy/docker/judge.ts'

const [a, b, c] = [randomUUID(), randomUUID(), randomUUID()]
const shows = (id: string, key: string) => ({ id, html: `<p>${key}</p>` })

test('a run passes if every acknowledged comment is shown once', () => {
  const asked = [
    { key: a, acknowledgedId: '1' },
    { key: b, acknowledgedId: '2' },
    // Sent but never answered: it may or may not be stored.
    { key: c, acknowledgedId: null },
  ]
  const good = { acknowledged: 2, lost: [], doubled: [], phantom: [] }
  expect(judge(asked, [shows('1', a), shows('2', b)])).toEqual(good)
  expect(judge(asked, [shows('1', a), shows('2', b), shows('3', c)])).toEqual(good)
})

test('a comment that is missing, has another id, is shown twice or was never sent is reported', () => {
  const asked = [
    { key: a, acknowledgedId: '1' },
    { key: b, acknowledgedId: '2' },
  ]
  expect(judge(asked, [shows('2', b)]).lost).toEqual([a])
  expect(judge(asked, [shows('9', a), shows('2', b)]).lost).toEqual([a])
  expect(judge(asked, [shows('1', a), shows('2', b), shows('3', b)]).doubled).toEqual([b])
  expect(
    judge(asked, [shows('1', a), shows('2', b), shows('7', c), { id: '8', html: '<p>hello</p>' }]).phantom,
  ).toEqual(['7', '8'])
})
