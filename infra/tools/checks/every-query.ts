import { dashboardQueries } from './dashboards.ts'
import { allRules, infraFile } from './rules.ts'

const rules = allRules()

/** Expressions of recording rules, by name. */
export const recorded = new Map(rules.filter(({ kind }) => kind === 'record').map(({ name, expr }) => [name, expr]))

/** Every query of rules, dashboards and runbooks, and where it is. */
export const everyQuery: readonly { readonly where: string; readonly expr: string }[] = [
  ...rules.map(({ name, expr }) => ({ where: name, expr })),
  ...dashboardQueries().map(({ dashboard, panel, expr }) => ({ where: `${dashboard}: ${panel}`, expr })),
  // Someone under pressure copies the code blocks of a runbook, so they must work.
  ...rules.flatMap(({ runbook }) =>
    runbook === null
      ? []
      : [...infraFile(runbook.replace('infra/', '')).matchAll(/```promql\n([\s\S]*?)```/g)].flatMap((match) =>
          (match[1] ?? '')
            .trim()
            .split('\n')
            .map((expr) => ({ where: runbook, expr })),
        ),
  ),
]

/** The exporter that a series comes from; `null` for series of the nodes and of Prometheus itself. */
export const exporterOf = (metric: string): 'redis' | 'nginx' | null => {
  const [, name] = /^(redis|nginx)_/.exec(metric) ?? []
  return name === 'redis' || name === 'nginx' ? name : null
}
