import type { SitePublic } from '@repartee/sdk/protocol'
import * as v from 'valibot'
import { languages } from '../i18n/languages.ts'

const colour = v.pipe(v.string(), v.regex(/^#[0-9a-f]{6}$/i))

/** What the preview shows, and how: sent to its frame whenever something changes. */
export const previewLookSchema = v.object({
  kind: v.literal('repartee-preview'),
  scheme: v.picklist(['light', 'dark']),
  language: v.picklist(languages),
  /** Without comments readers see the invitation to write the first. */
  filled: v.boolean(),
  /** `null` is the widget's own. */
  accent: v.nullable(colour),
  /** Of the page around the comments. */
  background: v.nullable(colour),
  font: v.picklist(['sans', 'serif', 'mono']),
  /** Of a comment, in px. */
  fontSize: v.pipe(v.number(), v.minValue(12), v.maxValue(24)),
  /** Of corners, in px. */
  radius: v.pipe(v.number(), v.minValue(0), v.maxValue(24)),
  site: v.object({
    name: v.string(),
    guests: v.boolean(),
    maxBodyLength: v.number(),
    editWindowMs: v.number(),
    reactions: v.array(v.string()),
  }),
})
export type PreviewLook = Omit<v.InferOutput<typeof previewLookSchema>, 'site'> & {
  readonly site: Omit<SitePublic, 'key'>
}

export const plainLook: Omit<PreviewLook, 'site' | 'language' | 'scheme'> = {
  kind: 'repartee-preview',
  filled: true,
  accent: null,
  background: null,
  font: 'sans',
  fontSize: 16,
  radius: 8,
}

export const fonts: Readonly<Record<PreviewLook['font'], string>> = {
  sans: 'system-ui, sans-serif',
  serif: 'Georgia, "Times New Roman", serif',
  mono: 'ui-monospace, Menlo, Consolas, monospace',
}

/** The widget's custom properties for a look: only those that differ from its own. */
export const themeProperties = (
  look: Pick<PreviewLook, 'accent' | 'font' | 'fontSize' | 'radius'>,
): [string, string][] => [
  ...(look.accent === null ? [] : ([['--repartee-accent', look.accent]] as [string, string][])),
  ...(look.font === plainLook.font ? [] : ([['--repartee-font', fonts[look.font]]] as [string, string][])),
  ...(look.fontSize === plainLook.fontSize
    ? []
    : ([['--repartee-font-size', `${look.fontSize}px`]] as [string, string][])),
  ...(look.radius === plainLook.radius ? [] : ([['--repartee-radius', `${look.radius}px`]] as [string, string][])),
]

/** The rule to paste into a stylesheet; `null` where nothing differs. */
export const themeRule = (look: Parameters<typeof themeProperties>[0]): string | null => {
  const lines = themeProperties(look).map(([name, value]) => `  ${name}: ${value};`)
  return lines.length === 0 ? null : ['repartee-comments {', ...lines, '}'].join('\n')
}
