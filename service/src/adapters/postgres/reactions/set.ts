import type { ReactionStore } from '../../../core/ports/reaction-store.ts'
import type { Sql } from '../sql.ts'
import { addReaction } from './add.ts'
import { removeReaction } from './remove.ts'

export const setReaction =
  (sql: Sql): ReactionStore['set'] =>
  async ({ on, ...reaction }) =>
    on ? addReaction(sql, reaction) : removeReaction(sql, reaction)
