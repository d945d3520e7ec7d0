import type { InstallationInfo } from '@repartee/sdk/protocol/admin'

/** What use-cases know about where the dashboard is and how it is run. */
export type Dashboard = {
  /** Whether pages of an origin could act as the dashboard. */
  isAt(origin: string): boolean
  /** The origin the dashboard is served at. */
  url(): string
  /** Who may open an account. */
  readonly signUp: InstallationInfo['signUp']
  /** Whether mail can be sent. Without it, links are shown or printed. */
  readonly mail: boolean
}

/** A page of the dashboard with a one-time secret in its fragment, which no server, log or Referer gets to see. */
export const dashboardLink = (dashboard: Pick<Dashboard, 'url'>, page: string, secret: string): string =>
  `${dashboard.url()}/dashboard/${page}#${secret}`
