import { ReparteeError, type Status } from '@repartee/sdk/protocol'
import type { AuthenticatedActor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { renderBody } from '../markdown/render-markdown.ts'
import { escapeText } from '../markdown/text.ts'
import { phases } from '../moderation/phases.ts'
import { decide, type ModerationContext } from '../moderation/pipeline.ts'

type Text = Pick<ModerationContext, 'body' | 'parentId' | 'rate' | 'duplicateOf' | 'edit'> & {
  readonly approvedCount: number
}

/** Render a text and run the moderation pipeline on it. Returns the status to store it with, or throws. */
export const moderate = (
  deps: Pick<Deps, 'metrics'>,
  actor: AuthenticatedActor,
  text: Text,
): { html: string; status: Status } => {
  const { settings } = actor.site
  // Rendering is expensive, so a text that will be refused for its length or rate is only escaped.
  const shouldRender = text.rate.allowed && text.body.length <= settings.maxBodyLength
  const html = shouldRender ? renderBody(text.body) : escapeText(text.body)
  const verdict = decide(phases, {
    body: text.body,
    html,
    settings,
    author: {
      id: actor.reader.id,
      kind: actor.reader.role === 'guest' ? 'guest' : 'member',
      approvedCount: text.approvedCount,
    },
    actorRole: actor.reader.role,
    parentId: text.parentId,
    rate: text.rate,
    duplicateOf: text.duplicateOf,
    edit: text.edit,
  })
  const { phase } = verdict
  deps.metrics.count('moderation_verdicts', { phase, verdict: verdict.kind === 'refuse' ? 'refuse' : verdict.status })
  if (verdict.kind === 'store') return { html, status: verdict.status }
  if (verdict.code === 'rate_limited') deps.metrics.count('rate_limited', { rule: text.edit ? 'edits' : 'comments' })
  throw new ReparteeError(
    verdict.code,
    `refused by the ${phase} rule`,
    verdict.retryAfterMs === undefined ? {} : { retryAfterMs: verdict.retryAfterMs },
  )
}
