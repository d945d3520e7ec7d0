import { OutboundError } from '../../src/core/ports/outbound.ts'
import { openOutbound } from './outbound-setup.ts'

/*
 * A process for tests, since Node.js reads its authorities when it starts: fetches URLs whose names all mean 127.0.0.1,
 * and prints a line for each: the body, or why there is none.
 */
const { get } = openOutbound({ resolveName: async () => ['127.0.0.1'] })
for (const url of process.argv.slice(2)) {
  const line = await get(url).then(
    ({ body }) => Buffer.from(body).toString(),
    (error: unknown) => (error instanceof OutboundError ? `${error.code} ${error.detail}` : String(error)),
  )
  process.stdout.write(`${line}\n`)
}
