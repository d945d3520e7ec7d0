import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBusMessage, encodeBusMessage } from './bus-message.ts'

const frame = { from: 3, to: 5, text: '{"type":"delta"}' }

test('the time of publishing is sent with a delta', () => {
  fc.assert(
    fc.property(fc.nat(), fc.string(), (publishedAt, text) => {
      const message = { type: 'delta', node: 'a', frame: { ...frame, text }, publishedAt } as const
      expect(decodeBusMessage(encodeBusMessage(message))).toEqual(message)
    }),
  )
})

test('a message without a time is accepted, and a time that is not a number is ignored', () => {
  expect(decodeBusMessage(`{"n":"a","from":3,"to":5}\n${frame.text}`)).toStrictEqual({
    type: 'delta',
    node: 'a',
    frame,
  })
  expect(decodeBusMessage(`{"n":"a","from":3,"to":5,"at":"now"}\n${frame.text}`)).toStrictEqual({
    type: 'delta',
    node: 'a',
    frame,
  })
})
