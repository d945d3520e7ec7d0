import type { Content, Status, Store } from './store.ts'

/** A store whose parts are Svelte signals: whatever reads them while drawing is drawn again when they change. */
export const reactiveStore = (first: { content: Content; status: Status }): Store => {
  let content = $state.raw(first.content)
  let status = $state.raw(first.status)
  return {
    get content() {
      return content
    },
    get status() {
      return status
    },
    patch(change) {
      content = { ...content, ...change }
    },
    note(change) {
      status = { ...status, ...change }
    },
  }
}
