/** What the host asks of the worker; each is answered once, in order. */
export type Ask =
  | { readonly id: number; readonly op: 'query'; readonly text: string; readonly params: readonly unknown[] }
  /** Copy the data folder's files as they are between two statements. */
  | { readonly id: number; readonly op: 'copy'; readonly to: string }
  | { readonly id: number; readonly op: 'close' }

export type Answer =
  | { readonly id: number; readonly rows: unknown[] }
  | { readonly id: number; readonly error: { readonly message: string; readonly code?: string } }

/** How the worker starts; it reports `ready` or fails. */
export type WorkerInput = {
  /** `null` keeps everything in memory. */
  readonly folder: string | null
  /** A prepared database to start from, only in memory. */
  readonly seed: string | null
}

export type Ready = { readonly ready: true }
