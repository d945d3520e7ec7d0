import { infraFile, infraNames } from './rules.ts'

export type Panel = {
  readonly type: string
  readonly title: string
  readonly targets?: readonly { readonly expr: string }[]
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
}
export type Dashboard = { readonly uid: string; readonly title: string; readonly panels: readonly Panel[] }

/** The dashboards as Grafana loads them. */
export const dashboards = (): Dashboard[] =>
  infraNames('deploy/grafana/dashboards').map((name) => JSON.parse(infraFile(`deploy/grafana/dashboards/${name}`)))

/** Every query, with Grafana's variables replaced as Grafana does. */
export const dashboardQueries = (): { dashboard: string; panel: string; expr: string }[] =>
  dashboards().flatMap(({ title, panels }) =>
    panels.flatMap((panel) =>
      (panel.targets ?? []).map(({ expr }) => ({
        dashboard: title,
        panel: panel.title,
        expr: expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*'),
      })),
    ),
  )
