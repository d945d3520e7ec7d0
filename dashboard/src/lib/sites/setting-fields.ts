import type { SiteSettings } from '@repartee/sdk/protocol'

type Choice = { readonly kind: 'choice'; readonly options: readonly string[] }
type Switch = { readonly kind: 'switch' }
/** A whole number; `unitMs` where it is a length of time, shown in that unit. */
type Amount = { readonly kind: 'amount'; readonly min: number; readonly max: number; readonly unitMs?: number }
/** Entries one a line. */
type Lines = { readonly kind: 'lines' }
export type SettingControl = Choice | Switch | Amount | Lines

/** A setting by its path: `links.hold` stands in `links`. */
type Path<T> = {
  [K in keyof T & string]: NonNullable<T[K]> extends readonly unknown[]
    ? K
    : NonNullable<T[K]> extends object
      ? `${K}.${keyof NonNullable<T[K]> & string}`
      : K
}[keyof T & string]
export type SettingPath = Path<SiteSettings>

const MINUTE_MS = 60_000
const YEAR_MINUTES = 525_600

/** How each setting is edited. A setting of the protocol that is not here does not compile. */
export const settingControls: Readonly<Record<SettingPath, SettingControl>> = {
  premoderation: { kind: 'choice', options: ['none', 'first', 'all'] },
  guests: { kind: 'switch' },
  'words.held': { kind: 'lines' },
  'words.blocked': { kind: 'lines' },
  'links.hold': { kind: 'amount', min: 0, max: 1_000 },
  'links.refuse': { kind: 'amount', min: 0, max: 1_000 },
  maxBodyLength: { kind: 'amount', min: 1, max: 20_000 },
  editWindowMs: { kind: 'amount', min: 0, max: YEAR_MINUTES, unitMs: MINUTE_MS },
  duplicateWindowMs: { kind: 'amount', min: 0, max: YEAR_MINUTES, unitMs: MINUTE_MS },
  reactions: { kind: 'lines' },
  commentsPerMinute: { kind: 'amount', min: 1, max: 100_000 },
}

export const settingPaths = Object.keys(settingControls) as SettingPath[]

/** Settings that belong together, in the order in which people think of them. */
export const settingGroups = {
  who: ['guests', 'premoderation'],
  held: ['words.held', 'words.blocked', 'links.hold', 'links.refuse'],
  writing: ['maxBodyLength', 'editWindowMs', 'reactions'],
  floods: ['commentsPerMinute', 'duplicateWindowMs'],
} as const satisfies Readonly<Record<string, readonly SettingPath[]>>

/** The value at a path. */
export const settingAt = (settings: SiteSettings, path: SettingPath): unknown =>
  path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], settings)

/** What a control shows for a value: numbers in their unit, lists one a line. */
export const shown = (control: SettingControl, value: unknown): string | boolean => {
  switch (control.kind) {
    case 'switch':
      return value === true
    case 'lines':
      return (value as readonly string[]).join('\n')
    case 'amount':
      return String(Number(value) / (control.unitMs ?? 1))
    case 'choice':
      return String(value)
  }
}

/** The value that somebody entered, or `null` if it is none. */
export const entered = (control: SettingControl, text: string | boolean): unknown => {
  if (typeof text === 'boolean') return text
  if (control.kind === 'lines')
    return [
      ...new Set(
        text
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== ''),
      ),
    ]
  if (control.kind !== 'amount') return text
  const value = Number(text.trim())
  const isOne = text.trim() !== '' && value >= control.min && value <= control.max
  const ms = value * (control.unitMs ?? 1)
  return isOne && Number.isInteger(ms) ? ms : null
}

/** What a change of these paths sends: settings that stand together are sent together. */
export const settingsPatch = (
  settings: SiteSettings,
  values: ReadonlyMap<SettingPath, unknown>,
): Record<string, unknown> => {
  const all: Readonly<Record<string, unknown>> = settings
  const patch: Record<string, unknown> = {}
  for (const [path, value] of values) {
    const [outer = '', inner] = path.split('.')
    patch[outer] = inner === undefined ? value : { ...((patch[outer] ?? all[outer]) as object), [inner]: value }
  }
  return patch
}
