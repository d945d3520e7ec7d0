export const shortcutActions = [
  'palette',
  'help',
  'sites',
  'overview',
  'install',
  'preview',
  'settings',
  'security',
] as const
export type ShortcutAction = (typeof shortcutActions)[number]

/** Keys one after the other; `Mod` is Command on Apple's systems and Control elsewhere. */
export const shortcutKeys: Readonly<Record<ShortcutAction, readonly string[]>> = {
  palette: ['Mod+K'],
  help: ['?'],
  sites: ['G', 'S'],
  overview: ['G', 'O'],
  install: ['G', 'I'],
  preview: ['G', 'P'],
  settings: ['G', 'T'],
  security: ['G', 'A'],
}

const isApple = (): boolean => /Mac|iP(?:hone|ad)/.test(navigator.platform)

/** The keys to press at once, as the keyboard of this system names them. */
export const keyNames = (keys: string): string[] => keys.replace('Mod', isApple() ? '⌘' : 'Ctrl').split('+')

export type KeyPress = {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  /** Whether it goes into a field. */
  readonly typing: boolean
  /** In ms, on any clock. */
  readonly at: number
}

/** A second key that comes later than this begins anew. */
const PAUSE_MS = 1_500

const nameOf = ({ key, ctrlKey, metaKey, altKey }: KeyPress): string | null => {
  if (altKey) return null
  const name = key.length === 1 ? key.toUpperCase() : key
  return ctrlKey || metaKey ? `Mod+${name}` : name
}

/** Recognises shortcuts in a stream of key presses. With `letters` off only those with a modifier count (WCAG 2.1.4). */
export const createShortcuts = (letters: () => boolean): ((press: KeyPress) => ShortcutAction | null) => {
  let first: { readonly name: string; readonly at: number } | null = null
  return (press) => {
    const name = nameOf(press)
    const isModified = press.ctrlKey || press.metaKey
    const before = first !== null && press.at - first.at <= PAUSE_MS ? first.name : null
    first = null
    if (name === null || (!isModified && (press.typing || !letters()))) return null
    const fits = (keys: readonly string[]): boolean =>
      keys.length === 1 ? keys[0] === name : keys[0] === before && keys[1] === name
    const found = shortcutActions.find((action) => fits(shortcutKeys[action]))
    if (found === undefined) first = { name, at: press.at }
    return found ?? null
  }
}
