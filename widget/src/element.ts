import { leaseClient } from './clients.ts'
import { whenIdle } from './idle.ts'
import { mountComments } from './mount.ts'
import { pageKey } from './page-key.ts'
import { sorts } from './sorts.ts'
import { themeBehind } from './state/theme.ts'
import type { ThreadEvents } from './state/thread-deps.ts'
import { adopt } from './styles.ts'
import themeCss from './theme.css?inline'

/** The events of `<repartee-comments>`. All of them bubble and leave shadow roots. */
export type ReparteeEventMap = { [T in keyof ThreadEvents as `repartee:${T}`]: CustomEvent<ThreadEvents[T]> }

/** The chunks are in a folder below the service's root. */
const SERVICE_URL = new URL(/* @vite-ignore */ '..', import.meta.url).href.replace(/\/$/, '')

/** Run a task with the chunk that is loaded after drawing. If it cannot be loaded, the comments work without it. */
const afterDraw = (task: (chunk: typeof import('./after-draw.ts')) => void): void => {
  whenIdle(() => import('./after-draw.ts').then(task, () => undefined))
}

/** The comments of one page. Attributes may change at any time, and the view is drawn again where that matters. */
export class ReparteeComments extends HTMLElement {
  static readonly observedAttributes = ['site', 'page', 'base-url', 'lang', 'sort', 'theme']

  readonly #root = this.attachShadow({ mode: 'open' })
  #end: (() => void) | undefined
  #unfollow: (() => void) | undefined
  #isDue = false

  connectedCallback(): void {
    this.#update()
  }

  disconnectedCallback(): void {
    this.#update()
  }

  attributeChangedCallback(name: string, before: string | null, value: string | null): void {
    if (before === value) return
    if (name !== 'theme') {
      this.#end?.()
      this.#end = undefined
    }
    this.#update()
  }

  /** One update for everything that happens in a task: several attributes set, or the element moved in its document. */
  #update(): void {
    if (this.#isDue) return
    this.#isDue = true
    queueMicrotask(() => {
      this.#isDue = false
      if (!this.isConnected) {
        this.#end?.()
        this.#end = undefined
      } else if (!this.#end) this.#start()
      this.#applyTheme()
    })
  }

  #start(): void {
    const site = this.getAttribute('site')
    if (!site) return
    adopt(this.#root, themeCss)
    const baseUrl = this.getAttribute('base-url') ?? SERVICE_URL
    const { client, release } = leaseClient(baseUrl, site)
    const sort = this.getAttribute('sort')
    const unmount = mountComments(this.#root, {
      client,
      site,
      page: this.getAttribute('page') || pageKey(),
      url: this.getAttribute('page-url') ?? location.href.split('#')[0] ?? '',
      title: this.getAttribute('page-title') ?? document.title,
      lang: this.closest<HTMLElement>('[lang]')?.lang || navigator.language,
      sort: sorts.find((known) => known === sort) ?? 'newest',
      emit: (type, detail) => {
        this.dispatchEvent(new CustomEvent(`repartee:${type}`, { detail, bubbles: true, composed: true }))
        // The reader sees the thread in the next frame.
        if (type === 'ready')
          requestAnimationFrame((drawnAt) => afterDraw(({ watchVitals }) => watchVitals(baseUrl, site, drawnAt)))
      },
    })
    this.#end = () => {
      unmount()
      release()
    }
  }

  #applyTheme(): void {
    this.#unfollow?.()
    this.#unfollow = undefined
    const theme = this.getAttribute('theme')
    if (theme === 'light' || theme === 'dark') this.style.colorScheme = theme
    else if (this.isConnected) this.#followTheme()
  }

  #followTheme(): void {
    this.style.colorScheme = themeBehind(this)
    let isEnded = false
    this.#unfollow = () => {
      isEnded = true
    }
    afterDraw(({ followPage }) => {
      if (!isEnded) this.#unfollow = followPage(this)
    })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'repartee-comments': ReparteeComments
  }
  interface HTMLElementEventMap extends ReparteeEventMap {}
}
