import { openDashboard, signIn } from '@repartee/service/testing/dashboard-browser'

/*
 * People who sign in again and again, for `sign-ins.ts`: in a process of their own, so that their work is not measured with
 * the readers'. Reads `{ url, api, ms, people: [{ email, cookies }] }` from its argument and prints how many succeeded.
 */
type Input = {
  readonly url: string
  readonly api: string
  readonly ms: number
  readonly people: readonly { readonly email: string; readonly cookies: [string, string][] }[]
}
const input = JSON.parse(process.argv[2] ?? '') as Input
const until = performance.now() + input.ms
let done = 0
await Promise.all(
  input.people.map(async ({ email, cookies }) => {
    const browser = openDashboard(input, new Map(cookies))
    while (performance.now() < until) {
      const { status } = await signIn(browser, email)
      if (status === 200) done += 1
      // Its budget is used up, or too many wait.
      else await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }),
)
process.stdout.write(String(done))
