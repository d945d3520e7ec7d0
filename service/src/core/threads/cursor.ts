import { ReparteeError, type Sort } from '@repartee/sdk/protocol'
import type { Position } from '../ports/comment-store.ts'

const number = /^[0-9a-z]{1,11}$/

const decode = (text: string | undefined): number => {
  const value = text !== undefined && number.test(text) ? Number.parseInt(text, 36) : Number.NaN
  if (!Number.isSafeInteger(value)) throw new ReparteeError('invalid_request', 'cursor: not issued by this service')
  return value
}

/** The cursor after a row of a listing: its `createdSeq`, preceded by its score when sorted by that, in base 36. */
export const toCursor = (sort: Sort, row: Position): string =>
  sort === 'top' ? `${row.score.toString(36)}.${row.createdSeq.toString(36)}` : row.createdSeq.toString(36)

/** Parse a cursor of a listing with this order; any other is refused. */
export const fromCursor = (sort: Sort, cursor: string): Position => {
  const parts = cursor.split('.')
  if (parts.length !== (sort === 'top' ? 2 : 1))
    throw new ReparteeError('invalid_request', 'cursor: belongs to another listing')
  return { score: sort === 'top' ? decode(parts[0]) : 0, createdSeq: decode(parts.at(-1)) }
}
