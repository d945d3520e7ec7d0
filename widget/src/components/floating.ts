export { default as Menu } from './Menu.svelte'
export { default as NameForm } from './NameForm.svelte'
export { default as Picker } from './Picker.svelte'
