import { expect, test } from 'vitest'
import { openApiDocument } from './openapi.ts'

type Operation = { readonly parameters: readonly { name: string; in: string; required: boolean; schema: object }[] }

test('every path parameter is described with its schema', () => {
  const paths = openApiDocument().paths as Record<string, Record<string, Operation>>
  expect(Object.keys(paths).length).toBeGreaterThan(5)
  for (const [path, operations] of Object.entries(paths))
    for (const { parameters } of Object.values(operations)) {
      const described = parameters.filter((parameter) => parameter.in === 'path')
      expect(described.map(({ name }) => name)).toEqual(Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name))
      for (const { name, required, schema } of described)
        expect([name, required, schema]).toEqual([name, true, formOf[name as keyof typeof formOf]])
    }
})

const uuid = { type: 'string', format: 'uuid' }
const formOf = {
  session: uuid,
  mail: uuid,
  passkey: { type: 'string', pattern: '^[\\w-]{1,1364}$' },
  invitation: { type: 'string', pattern: '^[0-9a-f]{64}$' },
  site: { type: 'string', pattern: '^[a-z0-9][a-z0-9_-]{1,39}$' },
  thread: uuid,
  comment: uuid,
  kind: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,19}$' },
}
