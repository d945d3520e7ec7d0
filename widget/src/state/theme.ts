export type Theme = 'light' | 'dark'

type Colour = readonly [red: number, green: number, blue: number, alpha: number]

/** Any computed colour as sRGB: browsers keep `oklch()`, `color()` and the like as they were written. */
const colourOf = (value: string): Colour => {
  const context = new OffscreenCanvas(1, 1).getContext('2d')
  if (!context) return [0, 0, 0, 0]
  context.fillStyle = value
  context.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data
  return [red, green, blue, alpha]
}

/** Whether light text reads better on a colour than dark text: below luminance 0.18, or 117 of 255 as it is encoded. */
const isDark = ([red, green, blue]: Colour): boolean => 0.21 * red + 0.72 * green + 0.07 * blue < 117

const parentOf = (element: Element): Element | null =>
  element.assignedSlot ?? element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host ?? null

const prefersDark = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)')

/** The theme of what lies behind an element: the first background that covers, else the bare page. */
export const themeBehind = (element: Element): Theme => {
  for (let at: Element | null = element; at; at = parentOf(at)) {
    const colour = colourOf(getComputedStyle(at).backgroundColor)
    if (colour[3] > 127) return isDark(colour) ? 'dark' : 'light'
  }
  // Nothing is painted: browsers show white, or black where the page declares that it can be dark.
  const schemes = getComputedStyle(document.documentElement).colorScheme
  return schemes.includes('dark') && (!schemes.includes('light') || prefersDark().matches) ? 'dark' : 'light'
}

/** Keep an element's `color-scheme` like the page behind it, however the page switches. Returns how to stop. */
export const followPage = (element: HTMLElement): (() => void) => {
  const apply = (): void => {
    element.style.colorScheme = themeBehind(element)
  }
  const onTransition = ({ target }: Event): void => {
    if (target instanceof Element && target.contains(element)) apply()
  }
  const media = prefersDark()
  const observer = new MutationObserver(apply)
  const attributes = { attributeFilter: ['class', 'style', 'data-theme', 'data-color-mode', 'data-bs-theme'] }
  observer.observe(document.documentElement, attributes)
  observer.observe(document.body, attributes)
  media.addEventListener('change', apply)
  document.addEventListener('transitionend', onTransition)
  apply()
  return () => {
    observer.disconnect()
    media.removeEventListener('change', apply)
    document.removeEventListener('transitionend', onTransition)
  }
}
