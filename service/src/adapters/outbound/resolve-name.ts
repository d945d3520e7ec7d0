import { lookup, Resolver } from 'node:dns/promises'

/** All addresses of a name. Rejects with the codes of `node:dns`. */
export type ResolveName = (name: string, signal: AbortSignal) => Promise<string[]>

const NO_RECORD: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA'])

/** The error's code, such as `ENOTFOUND`; `null` when it has none. */
export const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null

const askServers = async (resolver: Resolver, name: string): Promise<string[]> => {
  const answers = await Promise.allSettled([resolver.resolve6(name), resolver.resolve4(name)])
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  if (found.length > 0) return found
  const failures = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []))
  // A server that failed for one kind of address may know the name.
  throw failures.find((failure) => !NO_RECORD.has(codeOf(failure))) ?? failures[0]
}

/**
 * Ask the name servers directly. `dns.lookup` would hold one of the few threads of libuv, which also hash passwords and
 * compress, for as long as a stranger's name server likes. But only it knows the machine's hosts file and search domains:
 * it is asked for what the servers do not know, where private networks are allowed at all.
 */
export const createNameResolver = (o: {
  askSystem: boolean
  /** Name servers to use instead of the machine's, as `address:port`. */
  servers?: readonly string[]
}): ResolveName => {
  return async (name, signal) => {
    const resolver = new Resolver({ timeout: 2_000, tries: 2 })
    if (o.servers !== undefined) resolver.setServers(o.servers)
    const cancel = (): void => resolver.cancel()
    signal.throwIfAborted()
    signal.addEventListener('abort', cancel, { once: true })
    try {
      return await askServers(resolver, name)
    } catch (error) {
      signal.throwIfAborted()
      if (!o.askSystem || !NO_RECORD.has(codeOf(error))) throw error
      return (await lookup(name, { all: true })).map(({ address }) => address)
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }
}
