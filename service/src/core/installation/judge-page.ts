import type { InstallationFinding } from '@repartee/sdk/protocol/admin'
import { isAllowedOrigin } from '../access/check-origin.ts'
import type { OutboundAnswer } from '../ports/outbound.ts'
import type { Site } from '../site.ts'
import { decodePage } from './decode-page.ts'
import { judgePolicies } from './judge-policy.ts'
import { judgeSnippets } from './judge-snippets.ts'
import { policiesOfHeaders, policyOfMeta } from './parse-policy.ts'
import { scanPage } from './scan-page.ts'

const HTML_TYPES: readonly string[] = ['text/html', 'application/xhtml+xml']

const cut = (text: string): string => text.slice(0, 300)

const problemOfAnswer = (answer: OutboundAnswer): InstallationFinding | null => {
  if (answer.status < 200 || answer.status > 299) return { kind: 'http_status', status: answer.status }
  const contentType = answer.headers['content-type']?.[0] ?? ''
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  return HTML_TYPES.includes(type) ? null : { kind: 'not_html', contentType: cut(contentType) }
}

/** What a fetched page says about the installation of a site. `base` is the origin at which readers reach the service. */
export const judgePage = async (
  site: Pick<Site, 'publicKey' | 'origins'>,
  o: { asked: string; base: string; answer: OutboundAnswer },
): Promise<InstallationFinding[]> => {
  const { answer } = o
  const page = new URL(answer.url)
  const moved: InstallationFinding[] = answer.url === o.asked ? [] : [{ kind: 'redirected', to: cut(answer.url) }]
  if (!isAllowedOrigin(site.origins, page.origin, new URL(o.base).host))
    return [...moved, { kind: 'origin_not_listed', origin: cut(page.origin) }]
  const problem = problemOfAnswer(answer)
  if (problem !== null) return [...moved, problem]
  const scanned = await scanPage(decodePage(answer.body, answer.headers['content-type']?.[0] ?? ''))
  const { findings, loader } = judgeSnippets(scanned, { siteKey: site.publicKey, base: o.base, page })
  const policies = [
    ...policiesOfHeaders(answer.headers['content-security-policy'] ?? []),
    ...scanned.policies.map(policyOfMeta),
  ]
  return [...moved, ...findings, ...(loader === null ? [] : judgePolicies(policies, loader, page))]
}
