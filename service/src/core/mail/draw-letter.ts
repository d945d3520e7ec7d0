import type { Language } from '@repartee/sdk/protocol/admin'
import { escapeText } from '../markdown/text.ts'
import type { Block, Letter } from './letter.ts'

/** What surrounds a letter. */
export type Frame = {
  readonly language: Language
  readonly linkHint: string
  readonly footer: string
  /** Where such mail is turned off. */
  readonly settings: { readonly text: string; readonly link: string } | null
}

/** A letter as plain text. Links stand on lines of their own, so that programs find their ends. */
export const drawText = ({ blocks }: Letter, frame: Frame): string =>
  [
    ...blocks.map(textOf),
    `-- \n${frame.footer}${frame.settings === null ? '' : `\n${frame.settings.text}:\n${frame.settings.link}`}`,
  ].join('\n\n')

const textOf = (block: Block): string => {
  if ('text' in block) return block.text
  if ('note' in block) return block.note
  if ('facts' in block) return block.facts.map(([name, value]) => `${name}: ${value}`).join('\n')
  return `${block.button}:\n${block.link}`
}

const FONT = "-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

/** Colours for programs that show mail dark; those that know no such rule invert the light ones. */
const DARK = `@media (prefers-color-scheme: dark) {
  body, .page { background: #17171a !important; color: #ececf0 !important; }
  .quiet { color: #a9a9b4 !important; }
  .rule { border-color: #3a3a42 !important; }
  .button { background: #9db4ff !important; color: #10131f !important; }
  .link { color: #9db4ff !important; }
}`

/**
 * A letter as HTML. It loads nothing and needs no style sheet: programs that drop `<style>` lose only the dark colours.
 * Every text is escaped, and the only links are those of the letter.
 */
export const drawHtml = ({ subject, blocks }: Letter, frame: Frame): string => `<!doctype html>
<html lang="${frame.language}" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">
<title>${escapeText(subject)}</title>
<style>${DARK}</style>
</head>
<body style="margin:0;padding:0;background:#ffffff;color:#1d1d21">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#ffffff;color:#1d1d21"><tr><td style="padding:32px 20px">
<div style="max-width:34em;font:16px/1.55 ${FONT};overflow-wrap:break-word;word-break:break-word">
${blocks.map((block) => htmlOf(block, frame)).join('\n')}
<p class="quiet rule" style="margin:32px 0 0;padding-top:16px;border-top:1px solid #d9d9df;color:#5c5c66;font-size:13px">${escapeText(frame.footer)}${settingsOf(frame)}</p>
</div>
</td></tr></table>
</body>
</html>
`

const htmlOf = (block: Block, { linkHint }: Frame): string => {
  if ('text' in block) return `<p style="margin:0 0 16px">${escapeText(block.text)}</p>`
  if ('note' in block)
    return `<p class="quiet" style="margin:0 0 16px;color:#5c5c66;font-size:14px">${escapeText(block.note)}</p>`
  if ('facts' in block) return factsOf(block.facts)
  const link = escapeText(block.link)
  return `<p style="margin:24px 0 12px"><a class="button" href="${link}" style="display:inline-block;padding:11px 20px;border-radius:8px;background:#3457c9;color:#ffffff;font-weight:600;text-decoration:none">${escapeText(block.button)}</a></p>
<p class="quiet" style="margin:0 0 24px;color:#5c5c66;font-size:13px">${escapeText(linkHint)}<br><a class="link" href="${link}" style="color:#3457c9;word-break:break-all">${link}</a></p>`
}

const factsOf = (facts: readonly (readonly [string, string])[]): string => {
  const rows = facts.map(
    ([name, value]) =>
      `<tr><th class="quiet" scope="row" style="padding:2px 16px 2px 0;text-align:left;vertical-align:top;font-weight:400;color:#5c5c66">${escapeText(name)}</th><td style="padding:2px 0;vertical-align:top">${escapeText(value)}</td></tr>`,
  )
  return `<table style="margin:0 0 16px;border-collapse:collapse">${rows.join('')}</table>`
}

const settingsOf = ({ settings }: Frame): string =>
  settings === null
    ? ''
    : `<br><a class="link" href="${escapeText(settings.link)}" style="color:#3457c9">${escapeText(settings.text)}</a>`
