/** Where a sealed text is stored. It is bound to this place: copied to another row or column, it does not open. */
export type SealedPlace = {
  readonly table: string
  readonly column: string
  /** The row's primary key. */
  readonly row: string
}

/** Encrypts what must not stand in clear in the database or a backup. */
export type SecretBox = {
  /** Encrypt a text for one place. Sealing the same text twice gives different results. */
  seal(place: SealedPlace, text: string): string
  /** Decrypt what was sealed for this place. Throws when it was sealed for another, or its key is not known. */
  open(place: SealedPlace, sealed: string): string
  /** A keyed digest, by which a sealed value is found. The same for the same text, also after the keys were rotated. */
  digest(kind: 'email', text: string): string
}
