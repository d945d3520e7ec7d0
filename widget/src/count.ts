import { pageKey } from './page-key.ts'

/** Page keys in one request. With more, the URL could exceed a proxy's limit. */
const PAGES_PER_REQUEST = 50

const pageOf = (element: Element): string => element.getAttribute('page') || pageKey()

const show = (element: Element, count: number): void => {
  const lang = element.closest<HTMLElement>('[lang]')?.lang.replace('_', '-')
  try {
    element.textContent = count.toLocaleString(lang || undefined)
  } catch {
    // The page's `lang` is not a language tag.
    element.textContent = `${count}`
  }
}

/** Define `<repartee-count>`, a page's number of comments. All are fetched when the first of them comes into view. */
export const defineCount = (base: string, defaultSite = ''): void => {
  if (customElements.get('repartee-count')) return
  const siteOf = (element: Element): string => element.getAttribute('site') || defaultSite
  const waiting = new Set<Element>()

  const load = async (site: string, elements: readonly Element[]): Promise<void> => {
    const pages = [...new Set(elements.map(pageOf))]
    for (let i = 0; i < pages.length; i += PAGES_PER_REQUEST) {
      const query = pages.slice(i, i + PAGES_PER_REQUEST).map((page) => `page=${encodeURIComponent(page)}`)
      const response = await fetch(`${base}/api/v1/sites/${encodeURIComponent(site)}/counts?${query.join('&')}`)
      const { counts = {} } = await response.json()
      for (const element of elements) {
        const count = counts[pageOf(element)]
        if (count >= 0) show(element, count)
      }
    }
  }

  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return
    observer.disconnect()
    const elements = [...waiting]
    waiting.clear()
    // Where the count cannot be fetched, the host's own text stays.
    for (const site of new Set(elements.map(siteOf)))
      load(
        site,
        elements.filter((element) => siteOf(element) === site),
      ).catch(() => {})
  })

  customElements.define(
    'repartee-count',
    class extends HTMLElement {
      connectedCallback(): void {
        waiting.add(this)
        observer.observe(this)
      }
      disconnectedCallback(): void {
        waiting.delete(this)
        observer.unobserve(this)
      }
    },
  )

  document.addEventListener('repartee:count', (event) => {
    const { target } = event
    if (!(target instanceof Element && event instanceof CustomEvent)) return
    for (const element of document.querySelectorAll('repartee-count'))
      if (pageOf(element) === pageOf(target) && siteOf(element) === siteOf(target)) show(element, event.detail.count)
  })
}
