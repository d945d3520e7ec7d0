import type { SealedColumn } from '../secrets/sealed-columns.ts'

/**
 * Where a sealed text is stored. It is bound to this place: copied to another row or column, it does not open. `row` is
 * the row's primary key.
 */
export type SealedPlace = SealedColumn extends infer C
  ? C extends SealedColumn
    ? { readonly table: C['table']; readonly column: C['column']; readonly row: string }
    : never
  : never

/** Encrypts what must not stand in clear in the database or a backup. */
export type SecretBox = {
  /** Encrypt a text for one place. Sealing the same text twice gives different results. */
  seal(place: SealedPlace, text: string): string
  /** Decrypt what was sealed for this place. Throws when it was sealed for another, or its key is not known. */
  open(place: SealedPlace, sealed: string): string
  /** A keyed digest, by which a sealed value is found. The same for the same text, also after the keys were rotated. */
  digest(kind: 'email', text: string): string
}
