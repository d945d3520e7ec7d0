export type Theme = 'light' | 'dark'

type Colour = readonly [red: number, green: number, blue: number, alpha: number]

/** Any computed colour as sRGB. Browsers keep `oklch()`, `color()` and the like as they were written. */
const toRgb = (value: string): Colour => {
  const context = new OffscreenCanvas(1, 1).getContext('2d')
  if (!context) return [0, 0, 0, 0]
  context.fillStyle = value
  context.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0, alpha = 0] = context.getImageData(0, 0, 1, 1).data
  return [red, green, blue, alpha]
}

/** Whether light text reads better on a colour than dark text: below luminance 0.18, which is encoded as 117 of 255. */
const isDark = ([red, green, blue]: Colour): boolean => 0.21 * red + 0.72 * green + 0.07 * blue < 117

const parentOf = (element: Element): Element | null =>
  element.assignedSlot ?? element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host ?? null

/** The system's preference for a theme. */
export const prefersDark = (): MediaQueryList => matchMedia('(prefers-color-scheme: dark)')

/** The theme of what is behind an element: of the first opaque background, or else of the page itself. */
export const themeBehind = (element: Element): Theme => {
  for (let current: Element | null = element; current; current = parentOf(current)) {
    const colour = toRgb(getComputedStyle(current).backgroundColor)
    if (colour[3] > 127) return isDark(colour) ? 'dark' : 'light'
  }
  // Nothing is painted. Browsers then show white, or black where the page declares that it can be dark.
  const schemes = getComputedStyle(document.documentElement).colorScheme
  return schemes.includes('dark') && (!schemes.includes('light') || prefersDark().matches) ? 'dark' : 'light'
}
