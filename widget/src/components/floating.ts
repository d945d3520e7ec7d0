export { default as Menu } from './Menu.svelte'
export { default as Picker } from './Picker.svelte'
