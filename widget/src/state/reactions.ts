import { type Client, type CommandInput, ReparteeError } from '@repartee/sdk'
import { mergeReactions } from './own-changes.ts'
import { findComment, type ReactionChoice, type Store } from './view-store.ts'

const toggle = ({ mine, reactions }: ReactionChoice, kind: string): ReactionChoice => {
  const isOn = !mine.includes(kind)
  const { [kind]: count = 0, ...others } = reactions
  const total = count + (isOn ? 1 : -1)
  return {
    mine: isOn ? [...mine, kind] : mine.filter((one) => one !== kind),
    reactions: total > 0 ? { ...reactions, [kind]: total } : others,
  }
}

/**
 * Adds and removes the reader's reactions. The reader's choice is shown until their last click on a comment is
 * answered, and then what is stored. So a total that arrives in between is not counted twice, and a refusal rolls back.
 */
export const createReactions = (client: Client, store: Store): ((id: string, kind: string) => Promise<void>) => {
  /** The last request for each comment. The requests are sent one after another, in the order of the clicks. */
  const lastRequests = new Map<string, Promise<void>>()

  const send = async (input: CommandInput<'reaction.add'>, isOn: boolean): Promise<void> => {
    const { reactions, seq, mine } = await (isOn ? client.addReaction(input) : client.removeReaction(input))
    const { serverState, ownReactions } = store.content
    store.updateContent({
      serverState: mergeReactions(serverState, input.comment, reactions, seq),
      ownReactions: new Map(ownReactions).set(input.comment, mine),
    })
  }

  return async (id, kind) => {
    const comment = findComment(store, id)
    if (!comment) throw new ReparteeError('comment_not_found')
    const { pendingReactions, ownReactions } = store.content
    const current = pendingReactions.get(id) ?? { mine: ownReactions.get(id) ?? [], reactions: comment.reactions }
    const choice = toggle(current, kind)
    store.updateContent({ pendingReactions: new Map(pendingReactions).set(id, choice) })

    const input = { thread: store.status.threadId, comment: id, kind }
    const request = (lastRequests.get(id) ?? Promise.resolve())
      .catch(() => {})
      .then(() => send(input, choice.mine.includes(kind)))
    lastRequests.set(id, request)
    try {
      await request
    } finally {
      if (lastRequests.get(id) === request) {
        lastRequests.delete(id)
        const rest = new Map(store.content.pendingReactions)
        rest.delete(id)
        store.updateContent({ pendingReactions: rest })
      }
    }
  }
}
