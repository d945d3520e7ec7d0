import { defineCount } from './count.ts'
import { pageKey } from './page-key.ts'
import { NEAR } from './timings.ts'

declare const APP: string

/** Loading starts this far from the viewport, so that the thread is drawn when the reader gets there. */
const MARGIN = '600px 0px'

const TAG = 'repartee-comments'

const script = document.currentScript ?? document.querySelector('script[src*="/embed.js"]')

if (script instanceof HTMLScriptElement) {
  const base = script.src.replace(/\/[^/]*$/, '')
  const { site = '', page = '', count } = script.dataset

  const load = (): void => {
    near.disconnect()
    performance.mark(NEAR)
    void import(/* @vite-ignore */ `${base}/${APP}`)
  }
  const near = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && load(), {
    rootMargin: MARGIN,
  })

  /**
   * Keep the content below out of view until the thread is drawn, because its height is not known before. After that,
   * reserve only as much as keeps that content from jumping into view.
   */
  const reserve = (element: HTMLElement): void => {
    element.style.display = 'block'
    element.style.minHeight = '100vh'
    element.addEventListener(
      'repartee:ready',
      () => {
        const left = innerHeight - element.getBoundingClientRect().top
        element.style.minHeight = left > 0 ? `${left}px` : ''
      },
      { once: true },
    )
  }

  /** Copy the script's settings to an element that does not have them, and load the widget when the element is near. */
  const adopt = (element: HTMLElement): void => {
    for (const name of ['site', 'page', 'lang', 'theme', 'sort']) {
      const value = script.dataset[name]
      if (value && !element.hasAttribute(name)) element.setAttribute(name, value)
    }
    element.setAttribute('base-url', base)
    reserve(element)
    if (/^#repartee-[\da-f-]{36}$/i.test(location.hash)) load()
    else near.observe(element)
  }

  /** Elements of this site that no script has adopted yet. */
  const placeholders = (): HTMLElement[] =>
    [...document.querySelectorAll<HTMLElement>(TAG)].filter(
      (element) => !element.hasAttribute('base-url') && (element.getAttribute('site') ?? site) === site,
    )

  const own = (): boolean =>
    [...document.querySelectorAll(TAG)].some(
      (element) =>
        (element.getAttribute('site') ?? site) === site &&
        (element.getAttribute('page') || pageKey()) === (page || pageKey()),
    )

  defineCount(base, site)
  if (count === undefined) {
    if (document.body?.contains(script) && !own()) script.after(document.createElement(TAG))
    const adoptAll = (): void => placeholders().forEach(adopt)
    adoptAll()
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', adoptAll)
  }
}
