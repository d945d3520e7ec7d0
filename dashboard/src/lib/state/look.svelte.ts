import { isLanguage, type Language, preferredLanguage } from '../i18n/languages.ts'
import { speak } from '../i18n/spoken.svelte.ts'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** Also read by the script in `app.html`, before the first paint. */
const KEY = 'repartee-look'

type Look = {
  readonly theme: Theme
  readonly language: Language | null
  /** Whether letters alone are shortcuts. */
  readonly shortcuts: boolean
}

const untouched: Look = { theme: 'system', language: null, shortcuts: true }

const isTheme = (value: unknown): value is Theme => themes.some((theme) => theme === value)

const stored = (): Look => {
  try {
    const { theme, language, shortcuts } = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    return {
      theme: isTheme(theme) ? theme : 'system',
      language: isLanguage(language) ? language : null,
      shortcuts: shortcuts !== false,
    }
  } catch {
    return untouched
  }
}

let look = $state.raw<Look>(untouched)

const keep = (next: Look): void => {
  look = next
  try {
    localStorage.setItem(KEY, JSON.stringify(next))
  } catch {
    // A browser that keeps nothing shows the choice until it is closed.
  }
}

const show = (theme: Theme): void => {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

export const theme = (): Theme => look.theme

/** Colours of this browser; other browsers of the account keep theirs. */
export const chooseTheme = (theme: Theme): void => {
  keep({ ...look, theme })
  show(theme)
}

/** Whether letters alone are shortcuts here. */
export const shortcutsOn = (): boolean => look.shortcuts

export const chooseShortcuts = (shortcuts: boolean): void => keep({ ...look, shortcuts })

/** The language chosen in this browser, or the first of the browser's own that is complete. */
export const chosenLanguage = (): Language => look.language ?? preferredLanguage(navigator.languages)

/** Use this language here from now on. Resolves when the page speaks it. */
export const chooseLanguage = async (language: Language): Promise<void> => {
  keep({ ...look, language })
  await speak(language)
}

/** Take up what was chosen in an earlier visit. Resolves when the page speaks. */
export const startLook = async (): Promise<void> => {
  look = stored()
  show(look.theme)
  await speak(chosenLanguage())
}
