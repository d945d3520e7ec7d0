import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatText, type Mark, type Selected } from './format-text.ts'

/** `[` and `]` stand where the selection begins and ends. */
const parse = (marked: string): Selected => {
  const start = marked.indexOf('[')
  const end = marked.indexOf(']') - 1
  return { text: marked.replace('[', '').replace(']', ''), start, end }
}

const apply = (selected: Selected, mark: Mark): Selected => {
  const made = formatText(selected, mark, 'text')
  return {
    text: selected.text.slice(0, made.from) + made.text + selected.text.slice(made.to),
    start: made.start,
    end: made.end,
  }
}

const show = ({ text, start, end }: Selected): string =>
  `${text.slice(0, start)}‹${text.slice(start, end)}›${text.slice(end)}`

test.each<[Mark, string, string]>([
  ['bold', 'a [word] b', 'a **‹word›** b'],
  ['bold', 'a **[word]** b', 'a ‹word› b'],
  ['bold', '[]', '**‹›**'],
  ['italic', '[x]', '_‹x›_'],
  ['code', 'a [x] b', 'a `‹x›` b'],
  ['code', '[x\ny]', '```\n‹x\ny›\n```'],
  ['quote', 'one\ntw[o\nthr]ee', 'one\n‹> two\n> thr›ee'],
  ['quote', '> [one]', '‹one›'],
  ['quote', '[]', '> ‹›'],
  ['link', 'see [this]', 'see [this](‹https://›)'],
  ['link', '[]', '[‹text›](https://)'],
  ['link', '[https://example.org/a]', '[‹text›](https://example.org/a)'],
])('%s on %j gives %j', (mark, before, after) => {
  expect(show(apply(parse(before), mark))).toBe(after)
})

test('no letter is ever lost, and bold, italic and code undo themselves', () => {
  const selections = fc.tuple(fc.string(), fc.nat(), fc.nat()).map(([text, a, b]): Selected => {
    const [start = 0, end = 0] = [a % (text.length + 1), b % (text.length + 1)].sort((x, y) => x - y)
    return { text, start, end }
  })
  fc.assert(
    fc.property(selections, fc.constantFrom<Mark>('bold', 'italic', 'code'), (selected, mark) => {
      const twice = apply(apply(selected, mark), mark)
      const inner = selected.text.slice(selected.start, selected.end)
      expect(twice.text).toContain(inner)
      expect(show(apply(apply(twice, mark), mark))).toBe(show(twice))
    }),
  )
})
