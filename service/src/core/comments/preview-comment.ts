import { type Preview, ReparteeError } from '@repartee/sdk/protocol'
import type { Actor } from '../actor.ts'
import type { Deps } from '../deps.ts'
import { renderBody } from '../markdown/render-markdown.ts'
import { isBlank, normaliseBody } from '../markdown/text.ts'
import { enforceRateLimit, previewRules } from '../rate-rules.ts'

/** Render a text as a comment would show it. Stores nothing. Refuses the same blank and overlong texts. */
export const previewComment = async (
  deps: Pick<Deps, 'limiter' | 'metrics'>,
  actor: Actor,
  input: { body: string },
): Promise<Preview> => {
  const body = normaliseBody(input.body)
  if (body.length > actor.site.settings.maxBodyLength) throw new ReparteeError('body_too_long')
  await enforceRateLimit(deps, 'previews', previewRules(actor))
  if (isBlank(body)) throw new ReparteeError('body_blank')
  return { html: renderBody(body) }
}
