export type Credential = {
  readonly id: string
  readonly authorId: string
  readonly secretHash: string
  /** The hash before the last rotation, valid for a short while in case the response was lost. */
  readonly previousHash: string | null
  readonly rotatedAt: number
  readonly expiresAt: number
}

export type CredentialStore = {
  create(siteId: string, credential: Credential): Promise<void>
  find(siteId: string, id: string): Promise<Credential | null>
  /** Compare and swap on `secretHash`; `false` when another rotation came first. */
  rotate(
    siteId: string,
    id: string,
    change: { from: string; to: string; nowAt: number; expiresAt: number },
  ): Promise<boolean>
  revoke(siteId: string, id: string): Promise<void>
}
