import fc from 'fast-check'
import { expect, test } from 'vitest'
import { packEnvelope, unpackEnvelope } from './envelope.ts'

const frame = { from: 3, to: 5, text: '{"type":"delta"}' }

test('when a delta was published is told with it', () => {
  fc.assert(
    fc.property(fc.nat(), fc.string(), (publishedAt, text) => {
      const envelope = { type: 'delta', node: 'a', frame: { ...frame, text }, publishedAt } as const
      expect(unpackEnvelope(packEnvelope(envelope))).toEqual(envelope)
    }),
  )
})

test('nodes of a version that did not tell are understood, and so is time that is none', () => {
  expect(unpackEnvelope(`{"n":"a","from":3,"to":5}\n${frame.text}`)).toStrictEqual({ type: 'delta', node: 'a', frame })
  expect(unpackEnvelope(`{"n":"a","from":3,"to":5,"at":"now"}\n${frame.text}`)).toStrictEqual({
    type: 'delta',
    node: 'a',
    frame,
  })
})
