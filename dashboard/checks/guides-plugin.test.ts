import { expect, test } from 'vitest'
import { parseGuide } from '../scripts/guides-plugin.ts'

test('a guide is read as title, text, lists and code, in order; places for values stay', () => {
  const source = [
    '# Hugo',
    '',
    'Paste **this `line`** into',
    '*one* [file](https://gohugo.io):',
    '',
    '```html',
    '<script data-site="{{site}}"></script>',
    '```',
    '',
    '- First',
    '- <b>second</b>',
  ].join('\n')
  const plain = (text: string) => ({ text, marks: [] })
  expect(parseGuide(source)).toEqual({
    title: 'Hugo',
    parts: [
      {
        kind: 'text',
        runs: [
          plain('Paste '),
          { text: 'this ', marks: ['strong'] },
          { text: 'line', marks: ['strong', 'code'] },
          plain(' into'),
          plain(' '),
          { text: 'one', marks: ['em'] },
          plain(' '),
          { text: 'file', marks: [], href: 'https://gohugo.io' },
          plain(':'),
        ],
      },
      { kind: 'code', language: 'html', code: '<script data-site="{{site}}"></script>' },
      { kind: 'list', items: [[plain('First')], [plain('<b>second</b>')]] },
    ],
  })
})

test.each(['## Heading', '> quoted', '![image](x.png)', '| a |\n|---|\n| b |'])('%j stops the build', (part) => {
  expect(() => parseGuide(`# Title\n\n${part}`)).toThrow('a guide cannot have')
})
