import type { InstallationFinding, InstallationFindingKind } from '@repartee/sdk/protocol/admin'

/** Findings that keep readers from commenting, the most telling first. */
const PROBLEMS: readonly InstallationFindingKind[] = [
  'origin_not_listed',
  'unreachable',
  'http_status',
  'not_html',
  'csp_blocks',
  'insecure_script',
  'wrong_site',
  'no_site',
  'wrong_host',
  'script_disabled',
  'script_unclosed',
  'script_in_head',
  'only_counts',
  'shown_as_text',
  'inert',
  'in_comment',
  'not_in_html',
]

/**
 * These may concern only the service: a page that lets in readers but no machines, or one that scripts build. Readers who
 * saw comments since then prove the contrary.
 */
const DOUBTFUL: ReadonlySet<InstallationFindingKind> = new Set(['unreachable', 'http_status', 'not_in_html'])

export const isDoubtful = (kind: InstallationFindingKind): boolean => DOUBTFUL.has(kind)

/**
 * The finding that keeps readers from commenting, or `null`. A page without the snippet in its HTML has a problem only if
 * it `hadSnippet` before.
 */
export const problemOf = (
  findings: readonly InstallationFinding[],
  o: { hadSnippet: boolean },
): InstallationFinding | null => {
  for (const kind of PROBLEMS) {
    const found = findings.find(
      (one) =>
        one.kind === kind &&
        !(one.kind === 'csp_blocks' && one.what === 'live') &&
        !(one.kind === 'not_in_html' && !o.hadSnippet),
    )
    if (found !== undefined) return found
  }
  return null
}

/** Whether a page had the snippet at its last check, or lacked it then after having had it. */
export const hadSnippet = (last: { findings: readonly InstallationFinding[]; problem: string | null }): boolean =>
  last.problem === 'not_in_html' || last.findings.some(({ kind }) => kind === 'snippet_found')
