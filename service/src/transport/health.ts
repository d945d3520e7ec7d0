/** The answer of `/readyz`. A `degraded` node still serves; a load balancer leaves out one that is `down` or `draining`. */
export type Readiness = {
  readonly status: 'ok' | 'degraded' | 'down' | 'draining'
  readonly checks: Readonly<Record<string, string>>
}
