import { createOutbound } from '../adapters/outbound/create-outbound.ts'
import type { Metrics } from '../core/ports/metrics.ts'
import type { Outbound } from '../core/ports/outbound.ts'
import { version } from '../core/service-version.ts'
import type { Config } from './config.ts'

/** The client for URLs that others chose, which tells their servers who asks. */
export const openOutbound = (config: Pick<Config, 'PRIVATE_NETWORKS' | 'PUBLIC_URL'>, metrics: Metrics): Outbound => {
  const contact = config.PUBLIC_URL === '' ? '' : ` (+${config.PUBLIC_URL})`
  return createOutbound({
    privateNetworks: config.PRIVATE_NETWORKS,
    userAgent: `Repartee/${version}${contact}`,
    metrics,
  })
}
