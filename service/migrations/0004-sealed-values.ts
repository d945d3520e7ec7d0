import type { Migration } from './migration.ts'

/**
 * Secrets of the whole service, and indexes by the id of the encryption key that a sealed value needs (the second part
 * between dots). They tell which keys are in use without reading every value, and let a rotation go on where it stopped.
 */
export const sealedValues: Migration = {
  version: 4,
  statements: [
    `create table if not exists service_secrets (
      name text not null primary key,
      sealed text not null
    )`,
    `create index if not exists accounts_email_key_ix on accounts ((split_part(email_sealed, '.', 2)), id)`,
    `create index if not exists accounts_totp_key_ix on accounts ((split_part(totp_sealed, '.', 2)), id)
      where totp_sealed is not null`,
    `create index if not exists accounts_totp_pending_key_ix on accounts ((split_part(totp_pending_sealed, '.', 2)), id)
      where totp_pending_sealed is not null`,
    `create index if not exists account_links_key_ix on account_links ((split_part(sealed, '.', 2)), hash)
      where sealed is not null`,
    `create index if not exists email_changes_key_ix on email_changes ((split_part(email_sealed, '.', 2)), account_id)`,
    `create index if not exists mail_outbox_key_ix on mail_outbox ((split_part(sealed, '.', 2)), id)
      where sealed is not null`,
  ],
}
