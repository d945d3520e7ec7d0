/** A Content Security Policy: directives by name in lower case. */
export type Policy = { readonly from: 'header' | 'meta'; readonly directives: ReadonlyMap<string, readonly string[]> }

/** These have no effect in a `<meta>` (HTML, "Content security policy state"). */
const ONLY_IN_HEADERS: readonly string[] = ['report-uri', 'frame-ancestors', 'sandbox']

const WHITESPACE = /[\t\n\f\r ]+/

/** CSP3 §2.2.1: of a directive that is given twice, only the first counts. */
const parse = (text: string, from: Policy['from']): Policy => {
  const directives = new Map<string, readonly string[]>()
  for (const token of text.split(';')) {
    const [name = '', ...values] = token.split(WHITESPACE).filter((part) => part !== '')
    const key = name.toLowerCase()
    if (key === '' || directives.has(key) || (from === 'meta' && ONLY_IN_HEADERS.includes(key))) continue
    directives.set(key, values)
  }
  return { from, directives }
}

/** The policies of `Content-Security-Policy` headers; one line may hold several, separated by commas (CSP3 §2.2.2). */
export const policiesOfHeaders = (lines: readonly string[]): Policy[] =>
  lines
    .flatMap((line) => line.split(','))
    .map((text) => parse(text, 'header'))
    .filter(({ directives }) => directives.size > 0)

/** The policy of a `<meta http-equiv="content-security-policy">`. A comma separates nothing here. */
export const policyOfMeta = (content: string): Policy => parse(content, 'meta')
