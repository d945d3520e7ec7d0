import type { BaseIssue } from 'valibot'

type Issue = BaseIssue<unknown>

/** `at most 5 items` or `at most 5 characters`, by what was measured. */
const length = ({ input, requirement }: Issue, bound: string): string =>
  `${bound} ${requirement} ${typeof input === 'string' ? 'characters' : 'items'}`

/** A list of options, as in `("a" | "b")`, or the only one. */
const oneOf = ({ expected }: Issue): string => {
  const options = `${expected}`.replace(/^\(|\)$/g, '').split(' | ')
  return options.length > 1 ? `one of ${options.join(', ')}` : options.join()
}

/** What each kind of schema and check expects, in words. */
const words: Readonly<Record<string, (issue: Issue) => string>> = {
  string: () => 'a string',
  number: () => 'a number',
  boolean: () => 'true or false',
  array: () => 'an array',
  object: () => 'an object',
  loose_object: () => 'an object',
  strict_object: () => 'an object',
  record: () => 'an object',
  uuid: () => 'a UUID',
  integer: () => 'a whole number',
  literal: ({ expected }) => `${expected}`,
  picklist: oneOf,
  variant: (issue) => (issue.expected === 'Object' ? 'an object' : oneOf(issue)),
  union: () => 'one of the forms in PROTOCOL.md',
  min_value: ({ requirement }) => `at least ${requirement}`,
  max_value: ({ requirement }) => `at most ${requirement}`,
  min_length: (issue) => length(issue, 'at least'),
  max_length: (issue) => length(issue, 'at most'),
  // A pattern has to be explained by the schema that has it.
  regex: ({ message }) => message,
  raw_transform: ({ expected, message }) => expected ?? message,
}

/** What a schema expected in place of a value, in words and without the value. */
export const expectationOf = (issue: Issue): string => words[issue.type]?.(issue) ?? 'another value'
