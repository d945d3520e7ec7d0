/** A request to the worker. Each is answered once, in order. */
export type Ask =
  | { readonly id: number; readonly op: 'query'; readonly text: string; readonly params: readonly unknown[] }
  /** Copy the files of the data folder between two statements. */
  | { readonly id: number; readonly op: 'copy'; readonly to: string }
  | { readonly id: number; readonly op: 'close' }

export type Answer =
  | { readonly id: number; readonly rows: unknown[] }
  | { readonly id: number; readonly error: { readonly message: string; readonly code?: string } }

/** Start options of the worker, which then sends `Ready` or fails. */
export type WorkerInput = {
  /** `null` keeps everything in memory. */
  readonly folder: string | null
  /** A prepared database to start from; only for a database in memory. */
  readonly seed: string | null
}

export type Ready = { readonly ready: true }
