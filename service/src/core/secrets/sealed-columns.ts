type SealedColumnRow = {
  readonly table: string
  readonly column: string
  readonly key: string
  readonly keyType: 'text' | 'uuid'
  readonly sealedAs?: { readonly table: string; readonly column: string }
}

/**
 * Every column that holds a sealed text, and the primary key of its table. Only places in this list can be sealed, and
 * rotating the encryption keys visits all of them. A value that will move to another column as it is, is sealed for that
 * one (`sealedAs`). Each needs an index on the id of its key: `0004-sealed-values.ts`.
 */
export const sealedColumns = [
  { table: 'service_secrets', column: 'sealed', key: 'name', keyType: 'text' },
  { table: 'accounts', column: 'email_sealed', key: 'id', keyType: 'uuid' },
  { table: 'accounts', column: 'totp_sealed', key: 'id', keyType: 'uuid' },
  {
    table: 'accounts',
    column: 'totp_pending_sealed',
    key: 'id',
    keyType: 'uuid',
    sealedAs: { table: 'accounts', column: 'totp_sealed' },
  },
  { table: 'account_links', column: 'sealed', key: 'hash', keyType: 'text' },
  {
    table: 'email_changes',
    column: 'email_sealed',
    key: 'account_id',
    keyType: 'uuid',
    sealedAs: { table: 'accounts', column: 'email_sealed' },
  },
  { table: 'mail_outbox', column: 'sealed', key: 'id', keyType: 'uuid' },
] as const satisfies readonly SealedColumnRow[]

export type SealedColumn = (typeof sealedColumns)[number]
