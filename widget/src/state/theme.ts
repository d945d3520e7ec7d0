export type Theme = 'light' | 'dark'

type Colour = readonly [red: number, green: number, blue: number, alpha: number]

/** Any computed colour as sRGB: browsers keep `oklch()`, `color()` and the like as they were written. */
const colourOf = (value: string): Colour => {
  const [red = 0, green = 0, blue = 0, alpha = 1] = value.match(/[\d.]+/g)?.map(Number) ?? []
  if (value.startsWith('rgb')) return [red, green, blue, alpha]
  const context = new OffscreenCanvas(1, 1).getContext('2d')
  if (!context) return [0, 0, 0, 0]
  context.fillStyle = value
  context.fillRect(0, 0, 1, 1)
  const [r = 0, g = 0, b = 0, a = 0] = context.getImageData(0, 0, 1, 1).data
  return [r, g, b, a / 255]
}

/** Whether a colour is dark enough that light text reads better on it (WCAG 2.2 relative luminance, 0.18 is the middle). */
export const isDark = ([red, green, blue]: readonly number[]): boolean => {
  const [r = 0, g = 0, b = 0] = [red, green, blue].map((channel = 0) => {
    const part = channel / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b < 0.18
}

const parentOf = (element: Element): Element | null => {
  const parent = element.assignedSlot ?? element.parentNode
  return parent instanceof ShadowRoot ? parent.host : parent instanceof Element ? parent : null
}

const prefersDark = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)')

/** The theme of what lies behind an element: the first background that covers, else the bare page. */
export const themeBehind = (element: Element): Theme => {
  for (let at: Element | null = element; at; at = parentOf(at)) {
    const colour = colourOf(getComputedStyle(at).backgroundColor)
    if (colour[3] > 0.5) return isDark(colour) ? 'dark' : 'light'
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
