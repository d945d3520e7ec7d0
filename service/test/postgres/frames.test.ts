import {
  createFrameReader,
  errorFrame,
  type Frame,
  readBind,
  readParse,
  readyFrame,
} from '@repartee/tools/chaos/proxy/frames'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

/** As documented for the protocol: a letter, the length including itself, the body. */
const message = (kind: string, body: string): Buffer => {
  const bytes = Buffer.from(`${kind}\0\0\0\0${body}`)
  bytes.writeUInt32BE(bytes.length - 1, 1)
  return bytes
}
const opening = (code: number, body = ''): Buffer => {
  const bytes = Buffer.from(`\0\0\0\0\0\0\0\0${body}`)
  bytes.writeUInt32BE(bytes.length)
  bytes.writeUInt32BE(code, 4)
  return bytes
}

test('the messages of a client do not depend on how its bytes are split', async () => {
  const sent = [
    opening(80_877_103),
    opening(196_608, 'user\0ada\0\0'),
    message('P', 'name\0select $1\0\0\0'),
    message('B', '\0name\0\0\0\0\0\0\0'),
    message('S', ''),
    message('Q', 'select 1\0'),
  ]
  const bytes = Buffer.concat(sent)
  const cuts = fc.uniqueArray(fc.nat({ max: bytes.length }), { maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(cuts, async (places) => {
      const read = createFrameReader({ opening: true })
      const ends = [...places.toSorted((a, b) => a - b), bytes.length]
      const frames = ends.flatMap((end, index) => read(bytes.subarray(ends[index - 1] ?? 0, end)))
      expect(frames.map(({ kind }) => kind)).toEqual(['encryption', 'startup', 'P', 'B', 'S', 'Q'])
      expect(Buffer.concat(frames.map((frame) => frame.bytes)).equals(bytes)).toBe(true)
      const [, , parse, bind] = frames as [Frame, Frame, Frame, Frame]
      expect(readParse(parse)).toEqual({ name: 'name', text: 'select $1' })
      expect(readBind(bind)).toBe('name')
    }),
  )
})

test('what the proxy sends as a server parses as messages of a server', () => {
  const read = createFrameReader({ opening: false })
  const frames = read(Buffer.concat([errorFrame('FATAL', '57P01'), readyFrame()]))
  expect(frames.map(({ kind }) => kind)).toEqual(['E', 'Z'])
  expect(frames[0]?.bytes.toString()).toContain('C57P01\0')
})
