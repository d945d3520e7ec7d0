import type { AdminSite, ChangeSite } from '@repartee/sdk/admin'
import { originLines } from './origins.ts'
import {
  entered,
  type SettingPath,
  settingAt,
  settingControls,
  settingPaths,
  settingsPatch,
  shown,
} from './setting-fields.ts'

/** Everything of a site that can be changed on one page. */
export type DraftField = 'name' | 'origins' | SettingPath
export const draftFields: readonly DraftField[] = ['name', 'origins', ...settingPaths]

const MAX_NAME = 100

const isSetting = (field: DraftField): field is SettingPath => field !== 'name' && field !== 'origins'

/** What a field shows for a site as it is stored. */
export const storedValue = (site: AdminSite, field: DraftField): string | boolean => {
  if (field === 'name') return site.name
  if (field === 'origins') return site.origins.join('\n')
  return shown(settingControls[field], settingAt(site.settings, field))
}

/** The value to send, or `null` for one that cannot be. */
const sendable = (field: DraftField, text: string | boolean): unknown => {
  if (isSetting(field)) return entered(settingControls[field], text)
  const words = String(text).trim()
  if (field === 'name') return words === '' || words.length > MAX_NAME ? null : words
  return originLines(words).length === 0 ? null : originLines(words)
}

export type Conflict = {
  readonly field: DraftField
  readonly theirs: string | boolean
  readonly mine: string | boolean
}

export type SettingsDraft = {
  value(field: DraftField): string | boolean
  set(field: DraftField, value: string | boolean): void
  /** Fields that differ from what is stored. */
  readonly changed: readonly DraftField[]
  readonly wrong: readonly DraftField[]
  /** What somebody else changed meanwhile that is changed here too. */
  readonly conflicts: readonly Conflict[]
  /** What to send. */
  change(): ChangeSite
  discard(): void
  /** Give up one's own value of a field. */
  drop(field: DraftField): void
  /** The site as it is stored now. Begins anew after saving; shows conflicts after somebody else's change. */
  follow(site: AdminSite, saved: boolean): void
}

/**
 * What is being edited, on top of the site as it was when editing began: its version is sent along, so that no change of
 * somebody else is overwritten unseen.
 */
export const createSettingsDraft = (site: AdminSite): SettingsDraft => {
  let base = $state.raw(site)
  let edits = $state.raw<Partial<Record<DraftField, string | boolean>>>({})
  let overtaken = $state.raw<readonly DraftField[]>([])
  const value = (field: DraftField): string | boolean => edits[field] ?? storedValue(base, field)
  const changed = $derived(draftFields.filter((field) => value(field) !== storedValue(base, field)))

  const drop = (field: DraftField): void => {
    const { [field]: _dropped, ...rest } = edits
    edits = rest
    overtaken = overtaken.filter((item) => item !== field)
  }

  return {
    value,
    set: (field, next) => {
      edits = { ...edits, [field]: next }
    },
    get changed() {
      return changed
    },
    get wrong() {
      return changed.filter((field) => sendable(field, value(field)) === null)
    },
    get conflicts() {
      return overtaken
        .filter((field) => changed.includes(field))
        .map((field) => ({ field, theirs: storedValue(base, field), mine: value(field) }))
    },
    change: () => {
      const settings = new Map(changed.filter(isSetting).map((field) => [field, sendable(field, value(field))]))
      return {
        version: base.version,
        ...(changed.includes('name') && { name: sendable('name', value('name')) as string }),
        ...(changed.includes('origins') && { origins: sendable('origins', value('origins')) as string[] }),
        ...(settings.size > 0 && { settings: settingsPatch(base.settings, settings) }),
      }
    },
    discard: () => {
      edits = {}
      overtaken = []
    },
    drop,
    follow: (next, saved) => {
      if (saved) {
        edits = {}
        overtaken = []
      } else if (next.version !== base.version)
        overtaken = draftFields.filter(
          (field) => overtaken.includes(field) || storedValue(next, field) !== storedValue(base, field),
        )
      base = next
    },
  }
}
