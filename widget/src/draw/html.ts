import { h, type VNode } from './h.ts'
import { trustedHtml } from './trusted-html.ts'

const insert = (body: HTMLElement, html: string): void => {
  body.innerHTML = trustedHtml(html)
  // Long lines of code scroll, and what scrolls must be reachable with the keyboard.
  if (html.includes('<pre')) for (const pre of body.querySelectorAll('pre')) pre.tabIndex = 0
}

/** What somebody wrote, as the service rendered and sanitised it: the only HTML a thread inserts. */
export const html = (source: string): VNode =>
  h('div', {
    key: source,
    class: 'body',
    part: 'body',
    dir: 'auto',
    use: (body) => {
      insert(body, source)
      return undefined
    },
  })
