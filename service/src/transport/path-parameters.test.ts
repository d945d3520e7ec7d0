import { newId } from '@repartee/sdk/protocol'
import { expect, expectTypeOf, test } from 'vitest'
import { type CheckedPath, type ParamsOf, parseParams, pathParameters } from './path-parameters.ts'

const refused = (path: string, ...segments: string[]) => {
  try {
    return parseParams(pathParameters(path), segments)
  } catch (error) {
    return error instanceof Error && 'code' in error ? [error.code, error.message] : error
  }
}

test('a path names its parameters and gives their types', () => {
  type Params = ParamsOf<'/threads/:thread/comments/:comment/reactions/:kind'>
  expectTypeOf<Params>().toEqualTypeOf<{ readonly thread: string; readonly comment: string; readonly kind: string }>()
  expectTypeOf<ParamsOf<'/thread'>>().toEqualTypeOf<Readonly<Record<never, string>>>()
  expectTypeOf<CheckedPath<'/threads/:thread'>>().toEqualTypeOf<'/threads/:thread'>()
  expectTypeOf<CheckedPath<'/threads/:typo'>>().toEqualTypeOf<never>()
})

test('segments are percent-decoded and parsed in the order of the path', () => {
  const [thread, comment] = [newId(), newId()]
  const segments = [thread.toUpperCase(), comment.replaceAll('-', '%2D'), 'like']
  expect(refused('/threads/:thread/comments/:comment/reactions/:kind', ...segments)).toEqual({
    thread,
    comment,
    kind: 'like',
  })
  expect(refused('/thread')).toEqual({})
})

test('an invalid segment is refused with the name of its parameter', () => {
  expect(refused('/threads/:thread', 'x')).toEqual(['invalid_request', expect.stringMatching(/^thread: expected /)])
  expect(refused('/threads/:thread')).toEqual(['invalid_request', expect.stringMatching(/^thread: expected /)])
  expect(refused('/threads/:thread', '%ff')).toEqual(['invalid_request', 'path: not percent-encoded UTF-8'])
  expect(refused('/x/:kind', 'Not a kind')).toEqual(['invalid_request', expect.stringMatching(/^kind: expected /)])
})

test('a path parameter without a schema throws', () => {
  expect(() => pathParameters('/threads/:typo')).toThrow('typo')
})
