import { type Client, type CommandInput, ReparteeError } from '@repartee/sdk'
import { addReactions } from './own-facts.ts'
import type { Choice } from './store.ts'
import { commentOf, type Store } from './store.ts'

const flipped = ({ mine, reactions }: Choice, kind: string): Choice => {
  const on = !mine.includes(kind)
  const { [kind]: count = 0, ...others } = reactions
  const total = count + (on ? 1 : -1)
  return {
    mine: on ? [...mine, kind] : mine.filter((one) => one !== kind),
    reactions: total > 0 ? { ...reactions, [kind]: total } : others,
  }
}

/**
 * Choosing and withdrawing reactions. What the reader wants is shown until the last of his clicks on a comment is
 * settled, then what is stored: so a total that arrives in between is not counted twice, and a refusal rolls back.
 */
export const createReactions = (client: Client, store: Store): ((id: string, kind: string) => Promise<void>) => {
  /** The last request of each comment; they go one after the other, as the clicks did. */
  const last = new Map<string, Promise<void>>()

  const send = async (input: CommandInput<'reaction.add'>, on: boolean): Promise<void> => {
    const { reactions, seq, mine } = await (on ? client.addReaction(input) : client.removeReaction(input))
    const { content } = store
    store.patch({
      facts: addReactions(content.facts, input.comment, reactions, seq),
      mine: new Map(content.mine).set(input.comment, mine),
    })
  }

  return async (id, kind) => {
    const comment = commentOf(store, id)
    if (!comment) throw new ReparteeError('comment_not_found')
    const { choices, mine } = store.content
    const choice = flipped(choices.get(id) ?? { mine: mine.get(id) ?? [], reactions: comment.reactions }, kind)
    store.patch({ choices: new Map(choices).set(id, choice) })

    const input = { thread: store.status.threadId, comment: id, kind }
    const request = (last.get(id) ?? Promise.resolve())
      .catch(() => {})
      .then(() => send(input, choice.mine.includes(kind)))
    last.set(id, request)
    try {
      await request
    } finally {
      if (last.get(id) === request) {
        last.delete(id)
        const rest = new Map(store.content.choices)
        rest.delete(id)
        store.patch({ choices: rest })
      }
    }
  }
}
