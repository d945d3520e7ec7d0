/** What the thread that hashes passwords is asked. */
export type HashRequest = { readonly id: number } & (
  | { readonly kind: 'hash'; readonly password: string }
  | { readonly kind: 'verify'; readonly hash: string; readonly password: string }
  | { readonly kind: 'isGuessable'; readonly password: string; readonly known: readonly string[] }
)

/** Its answer; `error` when it failed. */
export type HashReply = { readonly id: number } & ({ readonly value: string | boolean } | { readonly error: string })
