import { createAdminClient } from '@repartee/sdk/admin'
import { expect, test } from 'vitest'
import { adminRoutes } from './admin-routes.ts'

/** Fits every parameter: a signal, which is written as `x` in a path. */
const anything = Object.assign(new AbortController().signal, { toString: () => 'x' })

test('the client of the SDK has a method for every route, and none for a route that does not exist', async () => {
  const sent = new Set<string>()
  const client = createAdminClient({
    fetch: async (input, init) => {
      sent.add(`${init?.method} ${String(input).replace('/api/v1/admin', '')}`)
      return new Response('{}')
    },
  })
  for (const method of Object.values(client) as ((...args: unknown[]) => Promise<unknown>)[])
    await method(anything, anything)
  const served = adminRoutes
    // A download, which a page links to.
    .filter(({ path }) => !path.endsWith('/export'))
    .map(({ method, path }) => `${method} ${path.replaceAll(/:\w+/g, 'x')}`)
  expect([...sent].map((line) => line.replace(/\?.*$/, '')).sort()).toEqual(served.sort())
})
