import { ReparteeError, type Status } from '@repartee/sdk/protocol'
import type { KnownActor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { renderBody } from '../markdown/render-markdown.ts'
import { escapeText } from '../markdown/text.ts'
import { phases } from '../moderation/phases.ts'
import { decide, type ModerationContext } from '../moderation/pipeline.ts'

type Text = Pick<ModerationContext, 'body' | 'parentId' | 'rate' | 'duplicateOf' | 'edit'> & {
  readonly approvedCount: number
}

/** Render a text and let the pipeline judge it: refuses it, or says with which status it may be stored. */
export const moderate = (
  deps: Pick<Deps, 'metrics'>,
  actor: KnownActor,
  text: Text,
): { html: string; status: Status } => {
  const { settings } = actor.site
  // Rendering is the dear part; what is refused for its length or its frequency is not worth it, but still no markup.
  const worthRendering = text.rate.allowed && text.body.length <= settings.maxBodyLength
  const html = worthRendering ? renderBody(text.body) : escapeText(text.body)
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
    `refused by ${phase}`,
    verdict.retryAfterMs === undefined ? {} : { retryAfterMs: verdict.retryAfterMs },
  )
}
