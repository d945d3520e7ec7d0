/** A text and what is selected in it. */
export type Selected = { readonly text: string; readonly start: number; readonly end: number }
export type Mark = 'bold' | 'italic' | 'link' | 'quote' | 'code'

/** What to write instead of `from`–`to`, and what is selected after it. */
export type Replacement = Selected & { readonly from: number; readonly to: number }

const around = ({ text, start, end }: Selected, before: string, after = before): Replacement => {
  const inner = text.slice(start, end)
  const marked =
    text.slice(start - before.length, start) === before &&
    text.slice(end, end + after.length) === after &&
    start >= before.length
  if (marked) {
    const from = start - before.length
    return { text: inner, from, to: end + after.length, start: from, end: from + inner.length }
  }
  return { text: before + inner + after, from: start, to: end, start: start + before.length, end: end + before.length }
}

const eachLine = ({ text, start, end }: Selected, prefix: string): Replacement => {
  const from = text.lastIndexOf('\n', start - 1) + 1
  const lines = text.slice(from, end).split('\n')
  const quoted = lines.every((line) => line.startsWith(prefix))
  const changed = lines.map((line) => (quoted ? line.slice(prefix.length) : prefix + line)).join('\n')
  return {
    text: changed,
    from,
    to: end,
    start: from + (quoted || start !== end ? 0 : changed.length),
    end: from + changed.length,
  }
}

const link = ({ text, start, end }: Selected, placeholder: string): Replacement => {
  const inner = text.slice(start, end)
  const isAddress = /^https?:\/\/\S+$/.test(inner)
  const label = isAddress || !inner ? placeholder : inner
  const address = isAddress ? inner : 'https://'
  const labelAt = start + 1
  const addressAt = labelAt + label.length + 2
  const select = isAddress || !inner ? [labelAt, label.length] : [addressAt, address.length]
  const [at = 0, length = 0] = select
  return { text: `[${label}](${address})`, from: start, to: end, start: at, end: at + length }
}

/** Put Markdown around the selection, or take it away when it is already there. */
export const formatText = (selected: Selected, mark: Mark, linkText: string): Replacement => {
  const inner = selected.text.slice(selected.start, selected.end)
  if (mark === 'bold') return around(selected, '**')
  if (mark === 'italic') return around(selected, '_')
  if (mark === 'quote') return eachLine(selected, '> ')
  if (mark === 'link') return link(selected, linkText)
  return inner.includes('\n') ? around(selected, '```\n', '\n```') : around(selected, '`')
}
