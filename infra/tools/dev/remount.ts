import type { Plugin } from 'vite'

const IMPORT = "import { mountComments } from './mount.ts'"

/** A view's code is fetched again, and each element of the page leaves the document for a moment, which mounts it again. */
const HOT = `import { mountComments as firstMount } from './mount.ts'
let mountComments = firstMount
import.meta.hot?.accept('./mount.ts', (next) => {
  if (next === undefined) return
  mountComments = next.mountComments
  for (const element of document.querySelectorAll('repartee-comments')) {
    const place = document.createComment('')
    element.replaceWith(place)
    setTimeout(() => place.replaceWith(element))
  }
})`

/**
 * Brings an edit of what a view is made of into the open page without loading it again: a custom element cannot be defined
 * twice, but its class can mount the new code.
 */
export const remount: Plugin = {
  name: 'repartee-remount',
  enforce: 'pre',
  transform(code, id) {
    if (!id.endsWith('/src/element.ts')) return null
    if (!code.includes(IMPORT)) this.error(`${id} has no line ${IMPORT}: its edits cannot be mounted`)
    return { code: code.replace(IMPORT, HOT), map: null }
  },
}
