export { default as Composer } from './Composer.svelte'
export { default as EditForm } from './EditForm.svelte'
