/** What `/readyz` says. `degraded` still serves; `down` and `draining` ask to be left out of rotation. */
export type Readiness = {
  readonly status: 'ok' | 'degraded' | 'down' | 'draining'
  readonly checks: Readonly<Record<string, string>>
}
