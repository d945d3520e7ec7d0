import { prefersDark, themeBehind } from './theme.ts'

/** The attributes by which pages switch their theme. */
const ATTRIBUTES = { attributeFilter: ['class', 'style', 'data-theme', 'data-color-mode', 'data-bs-theme'] }

/** Keep an element's `color-scheme` like the page behind it, now and whenever that changes. Returns how to stop. */
export const followPage = (element: HTMLElement): (() => void) => {
  const apply = (): void => {
    element.style.colorScheme = themeBehind(element)
  }
  const onTransition = ({ target }: Event): void => {
    if (target instanceof Element && target.contains(element)) apply()
  }
  const media = prefersDark()
  const observer = new MutationObserver(apply)
  observer.observe(document.documentElement, ATTRIBUTES)
  observer.observe(document.body, ATTRIBUTES)
  media.addEventListener('change', apply)
  document.addEventListener('transitionend', onTransition)
  apply()
  return () => {
    observer.disconnect()
    media.removeEventListener('change', apply)
    document.removeEventListener('transitionend', onTransition)
  }
}
