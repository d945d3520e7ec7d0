import type { InstallationFinding } from '@repartee/sdk/admin'
import { fill, t } from '$lib/i18n/index.ts'

const valuesOf = (finding: InstallationFinding): Record<string, string> => {
  const { blocked, reasons } = t().install
  const own = Object.fromEntries(Object.entries(finding).map(([name, value]) => [name, String(value)]))
  if (finding.kind === 'csp_blocks') return { ...own, what: blocked[finding.what] }
  if (finding.kind === 'unreachable') return { ...own, reason: reasons[finding.reason] }
  return own
}

/** What was found on a page and what to do about it, in the language in use. `fix` is empty where nothing is wrong. */
export const describeFinding = (finding: InstallationFinding): { what: string; fix: string } => {
  const texts = t().install.findings[finding.kind]
  const values = valuesOf(finding)
  return { what: fill(texts.what, values), fix: fill(texts.fix ?? '', values) }
}

/** Whether a finding only tells, and nothing has to be done. */
export const isGood = ({ kind }: InstallationFinding): boolean => kind === 'snippet_found' || kind === 'redirected'
