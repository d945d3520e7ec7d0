/** Bodies that are designed to be slow to parse, nest, match or sanitise. Each grows to a given size. */
type Grow = (size: number) => string

const repeat =
  (unit: string, before = '', after = ''): Grow =>
  (size) =>
    before + unit.repeat(Math.max(1, Math.floor((size - before.length - after.length) / unit.length))) + after

/** Openers in the first half, closers in the second. */
const pairs =
  (open: string, close: string, middle = ''): Grow =>
  (size) => {
    const count = Math.max(1, Math.floor((size - middle.length) / (open.length + close.length)))
    return open.repeat(count) + middle + close.repeat(count)
  }

/** Lines that grow by one unit each, until the size is used up. */
const stairs =
  (line: (step: number) => string): Grow =>
  (size) => {
    let body = ''
    for (let step = 0; ; step += 1) {
      const next = line(step)
      if (body.length + next.length > size) return body
      body += next
    }
  }

const shapes: Readonly<Record<string, Grow>> = {
  'opening brackets': repeat('['),
  'closing brackets': repeat(']'),
  'empty brackets': repeat('[]'),
  'nested brackets': pairs('[', ']', 'a'),
  'nested brackets with targets': pairs('[', '](http://a.bc)', 'a'),
  'unclosed links': repeat('[a]('),
  'unclosed links with angle targets': repeat('[a](<b'),
  'unclosed link titles': repeat('[a](http://b.cd "'),
  'unclosed single-quoted titles': repeat("[a](http://b.cd '"),
  'unclosed bracketed titles': repeat('[a](http://b.cd ('),
  'escaped quotes in titles': repeat('[a](http://b.cd "\\"'),
  'bracket and link alternating': repeat('[[a](http://b.cd)'),
  'nested images': pairs('![', '](http://a.bc)', 'a'),
  'unclosed images': repeat('!['),
  'unclosed images with references': repeat('![', '[a]: http://b.cd\n\n'),
  'nested images with references': (size) => `[a]: http://b.cd\n\n${pairs('![', ']', 'a')(size - 20)}`,
  'images in links': repeat('[![a](http://b.cd)](http://e.fg)'),
  'parentheses in a target': (size) => `[a](http://b.cd/${pairs('(', ')')(size - 20)})`,
  'opening parentheses in an address': repeat('(', 'http://a.bc/'),
  'closing parentheses after an address': repeat(')', 'http://a.bc/'),
  'one emphasis marker': repeat('*'),
  'one underscore': repeat('_'),
  tildes: repeat('~'),
  'alternating emphasis markers': repeat('*_'),
  'emphasis openers': repeat('*a '),
  'emphasis closers': repeat(' a*'),
  'strong openers': repeat('**a '),
  'mixed openers': repeat('*a _b ~~c '),
  'openers, then closers': pairs('*a ', ' a*'),
  'strong openers, then closers': pairs('**a ', ' a**'),
  'interleaved openers and closers': pairs('*a _b ', ' a* b_'),
  'odd runs': repeat('a**b'),
  'runs of three': repeat('a***b*'),
  'runs of growing length': stairs((step) => `${'*'.repeat(step + 1)}a `),
  'both-flanking runs': repeat('x*y_'),
  'short emphasis': repeat('*a*'),
  'short code': repeat('`a`'),
  'short strikes': repeat('~~a~~'),
  backticks: repeat('`'),
  'spaced backticks': repeat('` '),
  'backtick runs of growing length': stairs((step) => `${'`'.repeat(step + 1)}a`),
  'backtick runs of falling length': (size) =>
    [...stairs((step) => `a${'`'.repeat(step + 1)}`)(size)].reverse().join(''),
  'backticks inside brackets': repeat('[`a'),
  'quote markers': repeat('>'),
  'spaced quote markers': repeat('> '),
  'quote markers on many lines': repeat('>>>>>>>>>>>>>>>>>>>>\n'),
  'quotes and lists': repeat('> - '),
  'lists in lists on one line': repeat('- '),
  'ordered lists in one line': repeat('1. '),
  'lists nested by indent': stairs((step) => `${' '.repeat(step * 2)}- a\n`),
  'lists nested by tab': stairs((step) => `${'\t'.repeat(step)}- a\n`),
  'falling indent': (size) =>
    stairs((step) => `${' '.repeat(step * 2)}- a\n`)(size)
      .split('\n')
      .reverse()
      .join('\n'),
  'empty list items': repeat('-\n'),
  'list items': repeat('- a\n'),
  'alternating list markers': repeat('- a\n* a\n+ a\n'),
  'loose list items': repeat('- a\n\n'),
  'quotes of growing depth': stairs((step) => `${'>'.repeat(step + 1)} a\n`),
  'lazy continuations': repeat('a\n', '> - > - > - a\n'),
  'one quote a line': repeat('> a\n'),
  'quote, blank, quote': repeat('> a\n\n'),
  'quotes that stop at once': repeat('> #\n    a\n'),
  'nested quotes that stop at once': repeat('> a\n> >```b\n'),
  'quotes continued by fences': repeat('> ```\na\n'),
  'link text of marks': repeat('\u0301\u0316', '[a.', '](http://d.ef)'),
  rules: repeat('***\n'),
  'spaced almost-rules': repeat('- - - - - - - - - - - - - - x\n'),
  headings: repeat('# a\n'),
  'heading hashes': repeat('#', '# '),
  'hashes and spaces': repeat('# '),
  'short lines': repeat('a\n'),
  'short paragraphs': repeat('a\n\n'),
  'blank lines': repeat('\n'),
  'spaces only': repeat(' '),
  'tabs only': repeat('\t'),
  'trailing spaces': repeat('a                \n'),
  'one line of spaces between words': repeat(' ', 'a', 'b'),
  'hard breaks': repeat('a\\\n'),
  backslashes: repeat('\\'),
  'escaped punctuation': repeat('\\*'),
  'unclosed fences': repeat('```\n\n> '),
  'alternating fences': repeat('```\n~~~\n'),
  'fences with long info': repeat('x', '```'),
  'indented code': repeat('    a\n'),
  ampersands: repeat('&'),
  'short entities': repeat('&lt;'),
  'unfinished entities': repeat('&amp'),
  'numeric entities': repeat('&#1;'),
  'entity with many digits': repeat('1', '&#'),
  'long named entity': repeat('a', '&'),
  'less-than signs': repeat('<'),
  'unclosed tags': repeat('<a '),
  'unclosed autolinks': repeat('<http:'),
  'short autolinks': repeat('<http://a.b>'),
  'mail autolinks': repeat('<a@b.cd>'),
  comments: repeat('<!--'),
  'comment ends': repeat('-->'),
  'processing instructions': repeat('<?'),
  'character data sections': repeat('<![CDATA['),
  'bare addresses': repeat('http://a.b '),
  'bare addresses without space': repeat('http://a.b'),
  'bare addresses with refused hosts': repeat('http://xn--a/'),
  'refused addresses in a row': repeat('http://u@h/ '),
  'refused addresses in one text': repeat('.://http://u@h/ '),
  'schemes only': repeat('http://'),
  'schemes and brackets': repeat('http://[('),
  'colons and slashes': repeat('://'),
  'long address': repeat('a', 'http://a.bc/'),
  'long host': repeat('a', 'http://'),
  'host of many labels': repeat('a.', 'http://'),
  'non-ASCII host': repeat('ế', 'http://'),
  'non-ASCII path': repeat('ế', 'http://a.bc/'),
  'percent path': repeat('%', 'http://a.bc/'),
  'address with trailing punctuation': repeat('.', 'http://a.bc/'),
  'address with a long query': repeat('&a=1', 'http://a.bc/?'),
  'mail addresses': repeat('a@b.cd '),
  'at signs': repeat('@'),
  'domain names': repeat('www.a.bc '),
  'link text of dotted words': repeat('a.bc ', '[', '](http://d.ef)'),
  'link text of one long word': repeat('a', '[', '](http://d.ef)'),
  'link text of dots': repeat('.', '[', '](http://d.ef)'),
  'links in a row': repeat('[a](http://b.c)'),
  'links with long targets': repeat(`[a](http://b.c/${'d'.repeat(1_500)})`),
  'reference definitions': repeat('[a]: http://b.c\n'),
  'distinct reference definitions': stairs((step) => `[a${step}]: http://b.c/${step}\n`),
  'uses of a long reference': repeat('[a]', `[a]: http://b.cd/${'e'.repeat(1_900)}\n\n`),
  'uses of a short reference': repeat('[a]', '[a]: http://b.cd\n\n'),
  'image uses of a long reference': repeat('![a]', `[a]: http://b.cd/${'e'.repeat(1_900)}\n\n`),
  'unfinished reference definitions': repeat('[a]:\n'),
  'definitions with open titles': repeat('[a]: http://b.cd "c\n'),
  'definition with a long label': repeat('a\n', '[', ']: http://b.cd'),
  'many unresolved labels': stairs((step) => `[${'a'.repeat(step)}] `),
  'brackets with a definition': repeat('[', '[a]: http://b.cd\n\n'),
  'empty brackets with a definition': repeat('[][]', '[a]: http://b.cd\n\n'),
  'combining marks': repeat('\u0301', 'a'),
  'alternating combining marks': repeat('\u0301\u0316', 'a'),
  'marks of many classes': repeat('\u0334\u0316\u0301\u0345\u0307\u0323', 'a'),
  'marks in emphasis': repeat('*\u0301*'),
  'bidi overrides': repeat('\u202e'),
  'open isolates': repeat('\u2067a'),
  'nested isolates': pairs('\u2067', '\u2069', 'a'),
  joiners: repeat('\u200d'),
  emoji: repeat('👩‍👩‍👧‍👦'),
  'lone surrogates': repeat('\ud83d'),
  'nul characters': repeat('\0'),
  'carriage returns': repeat('\r'),
  'line separators': repeat('\u2028'),
  'every marker in turn': repeat('*_`[]()!<>&#-+~\\:\n '),
  'markers without space': repeat('![*_`<&~'),
  'words and markers': repeat('a*b_c`d[e]f(g)h '),
}

export type Body = { readonly name: string; readonly body: string }

/** Every shape at a size in UTF-16 code units. */
export const pathologicalBodies = (size: number): Body[] =>
  Object.entries(shapes).map(([name, grow]) => ({ name, body: grow(size) }))
