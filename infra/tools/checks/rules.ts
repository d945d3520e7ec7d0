import { readdirSync, readFileSync } from 'node:fs'

const infra = new URL('../../', import.meta.url)

/** The text of a file below infra/. */
export const infraFile = (path: string): string => readFileSync(new URL(path, infra), 'utf8')

export const infraNames = (folder: string): string[] => readdirSync(new URL(folder, infra)).sort()

export type Rule = {
  readonly kind: 'alert' | 'record'
  readonly name: string
  readonly expr: string
  readonly labels: string
  readonly runbook: string | null
}

/**
 * The rules in one of our rule files: `- alert|record: NAME`, `expr:` on its line or as a block below. promtool checks that
 * the file is valid YAML and PromQL.
 */
export const rulesOf = (text: string): Rule[] =>
  text
    .split(/^ *- (?=alert:|record:)/m)
    .slice(1)
    .map((part) => {
      const [, kind, name = ''] = /^(alert|record): *(\S+)/.exec(part) ?? []
      const block = /^ *expr: *\|\n((?: {9,}.*\n?)+)/m.exec(part)?.[1]
      const expr = block ?? /^ *expr: *(.+)$/m.exec(part)?.[1] ?? ''
      return {
        kind: kind === 'alert' ? 'alert' : 'record',
        name,
        expr: expr.replaceAll(/\s+/g, ' ').trim(),
        labels: /^ *labels: *(.+)$/m.exec(part)?.[1] ?? '',
        runbook: /^ *runbook: *(\S+)$/m.exec(part)?.[1] ?? null,
      }
    })

export const ruleFiles = ['recording.yml', 'alerts.yml'] as const

export const allRules = (): Rule[] => ruleFiles.flatMap((name) => rulesOf(infraFile(`deploy/prometheus/rules/${name}`)))
