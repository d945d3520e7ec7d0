import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { closeTable } from '../src/protocol/close-codes.ts'
import { errorTable } from '../src/protocol/error-table.ts'

const doc = new URL('../PROTOCOL.md', import.meta.url)
const fixtures = new URL('../src/protocol/fixtures/', import.meta.url)
const text = readFileSync(doc, 'utf8')

/** JSON on as few lines as possible, since people read it. */
const format = (value: unknown, indent = ''): string => {
  const flat = JSON.stringify(value, null, 1)
    .replace(/\n\s*/g, ' ')
    .replace(/\[ | \]/g, (bracket) => bracket.trim())
  if (typeof value !== 'object' || value === null || flat.length + indent.length <= 110) return flat
  const inner = `${indent}  `
  const lines = Array.isArray(value)
    ? value.map((item) => inner + format(item, inner))
    : Object.entries(value).map(([key, item]) => `${inner}${JSON.stringify(key)}: ${format(item, inner)}`)
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`
}

/** A Markdown table with aligned columns. */
const table = (head: string[], rows: string[][]): string => {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const line = (cells: string[]): string => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}

const tables: Record<string, string> = {
  errors: table(
    ['code', 'status', 'retryable'],
    Object.entries(errorTable).map(([code, rule]) => [`\`${code}\``, `${rule.status}`, rule.retryable ? 'yes' : '']),
  ),
  closes: table(
    ['code', 'reason', 'reconnect'],
    Object.entries(closeTable).map(([code, rule]) => [code, `\`${rule.reason}\``, rule.reconnect ? 'yes' : 'no']),
  ),
}

test('the examples and tables of PROTOCOL.md are those of the fixtures and schemas (-u writes them)', async () => {
  const rendered = text
    .replace(/<!-- fixture (\S+) -->\n(?:```json\n[^`]*```\n)?/g, (_, name: string) => {
      const value: unknown = JSON.parse(readFileSync(new URL(`${name}.json`, fixtures), 'utf8'))
      return `<!-- fixture ${name} -->\n\`\`\`json\n${format(value)}\n\`\`\`\n`
    })
    .replace(
      /<!-- table (\S+) -->\n(?:(?:\|.*\n)+)?/g,
      (_, name: string) => `<!-- table ${name} -->\n${tables[name]}\n`,
    )
  await expect(rendered).toMatchFileSnapshot('../PROTOCOL.md')
})

test('every fixture is an example of PROTOCOL.md', () => {
  const shown = [...text.matchAll(/<!-- fixture (\S+) -->/g)].map(([, name]) => name)
  const names = readdirSync(fixtures).map((file) => file.replace('.json', ''))
  expect(shown.toSorted()).toEqual(names.toSorted())
})
