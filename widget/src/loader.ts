import { defineCount } from './count.ts'
import { pageKey } from './page-key.ts'

declare const APP: string

/** Loading starts this far from the viewport, so that the thread stands there when the reader arrives. */
const NEAR = '600px 0px'

/** Kept free until the thread is drawn. */
const RESERVED = '24rem'

const TAG = 'repartee-comments'

const script = document.currentScript ?? document.querySelector('script[src*="/embed.js"]')

if (script instanceof HTMLScriptElement) {
  const base = script.src.replace(/\/[^/]*$/, '')
  const { site = '', page = '', count } = script.dataset

  const load = (): void => {
    near.disconnect()
    void import(/* @vite-ignore */ `${base}/${APP}`)
  }
  const near = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && load(), {
    rootMargin: NEAR,
  })

  /** Give an element what the script says and it does not say itself, and load when it comes near. */
  const adopt = (element: HTMLElement): void => {
    for (const name of ['site', 'page', 'lang', 'theme', 'sort']) {
      const value = script.dataset[name]
      if (value && !element.hasAttribute(name)) element.setAttribute(name, value)
    }
    element.setAttribute('base-url', base)
    element.style.display ||= 'block'
    element.style.minHeight ||= RESERVED
    if (/^#repartee-[\da-f-]{36}$/i.test(location.hash)) load()
    else near.observe(element)
  }

  /** Elements of this site that no script has taken on. */
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
