import type { Author } from '@repartee/sdk/protocol'
import type { Reader } from '../actor.ts'

/** The wire form of a reader. */
export const toAuthor = (reader: Reader): Author => ({ id: reader.id, name: reader.name, role: reader.role })
