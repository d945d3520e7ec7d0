import { createOutbound } from '../../src/adapters/outbound/create-outbound.ts'
import type { ResolveName } from '../../src/adapters/outbound/resolve-name.ts'
import { OutboundError, type OutboundRequest } from '../../src/core/ports/outbound.ts'

/** A client for tests, which counts what it counted. By default it may connect to 127.0.0.1 only. */
export const openOutbound = (o: { privateNetworks?: readonly string[]; resolveName?: ResolveName } = {}) => {
  const counted: string[] = []
  const outbound = createOutbound({
    privateNetworks: o.privateNetworks ?? ['127.0.0.1'],
    userAgent: 'Repartee/1.2.3 (+https://comments.example)',
    metrics: { count: (name, labels) => void counted.push(`${name} ${labels?.for} ${labels?.outcome}`) },
    ...(o.resolveName !== undefined && { resolveName: o.resolveName }),
  })
  const get = (url: string, change: Partial<OutboundRequest> = {}) =>
    outbound.get({
      url,
      for: 'installation',
      accept: 'text/html',
      maxBytes: 100_000,
      timeoutMs: 10_000,
      headersMs: 5_000,
      redirects: 3,
      ...change,
    })
  return {
    outbound,
    counted,
    get,
    /** The code of the failure; the status if there is none. */
    outcome: async (url: string, change: Partial<OutboundRequest> = {}): Promise<string | number> => {
      try {
        return (await get(url, change)).status
      } catch (error) {
        if (!(error instanceof OutboundError)) throw error
        return error.code
      }
    },
  }
}
