export { default as OutboxItem } from './OutboxItem.svelte'
export { default as Undo } from './Undo.svelte'
