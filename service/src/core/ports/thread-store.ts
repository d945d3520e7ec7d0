export type ThreadState = {
  readonly id: string
  readonly page: string
  readonly url: string
  readonly title: string
  readonly closed: boolean
  readonly head: number
  readonly commentCount: number
  /** The `seq` at which `closed` last changed. */
  readonly stateSeq: number
}

export type ThreadStore = {
  find(siteId: string, threadId: string): Promise<ThreadState | null>
  findByPage(siteId: string, page: string): Promise<ThreadState | null>
  /** Create the page's thread, or find the existing one. Idempotent. */
  open(thread: {
    siteId: string
    id: string
    page: string
    url: string
    title: string
    nowAt: number
  }): Promise<ThreadState>
  setClosed(siteId: string, threadId: string, closed: boolean): Promise<ThreadState | null>
  /** The number of visible comments by page key; pages without a thread are absent. */
  counts(siteId: string, pages: readonly string[]): Promise<Record<string, number>>
  /** The heads of threads, for sweeps; at most 500 threads. */
  heads(threads: readonly ThreadRef[]): Promise<(ThreadRef & { readonly head: number })[]>
}

export type ThreadRef = { readonly siteId: string; readonly threadId: string }
