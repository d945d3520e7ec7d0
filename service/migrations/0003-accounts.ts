import { onlyOn } from '../src/adapters/postgres/dialect.ts'
import type { Migration } from './migration.ts'

/**
 * Accounts, their organisations, and the mail they get. E-mail addresses and seeds are sealed; `*_digest` is a keyed digest
 * for look-ups, `*_hash` the SHA-256 of a secret of 256 random bits.
 */
export const accounts: Migration = {
  version: 3,
  statements: [
    `create table if not exists accounts (
      id uuid not null primary key,
      email_digest text not null,
      email_sealed text not null,
      email_verified_at timestamptz(3),
      name text not null,
      language text,
      operator boolean not null default false,
      password_hash text,
      totp_sealed text,
      totp_pending_sealed text,
      totp_last_step int8 not null default 0,
      recovery_hashes text[] not null,
      suspended_at timestamptz(3),
      created_at timestamptz(3) not null
    )`,
    `create unique index if not exists accounts_email_uq on accounts (email_digest)`,
    `create table if not exists organisations (
      id uuid not null primary key,
      name text not null,
      created_at timestamptz(3) not null
    )`,
    `create table if not exists members (
      account_id uuid not null,
      organisation_id uuid not null,
      role text not null,
      created_at timestamptz(3) not null,
      primary key (account_id, organisation_id),
      constraint members_role_chk check (role in ('owner', 'admin', 'moderator', 'viewer'))
    )`,
    `create index if not exists members_organisation_ix on members (organisation_id, account_id)`,
    `create table if not exists account_sessions (
      id uuid not null primary key,
      account_id uuid not null,
      token_hash text not null,
      state text not null,
      device text not null,
      stepped_up_at timestamptz(3),
      created_at timestamptz(3) not null,
      last_used_at timestamptz(3) not null,
      expires_at timestamptz(3) not null,
      constraint account_sessions_state_chk check (state in ('second_factor', 'signed_in'))
    )`,
    `create unique index if not exists account_sessions_token_uq on account_sessions (token_hash)`,
    `create index if not exists account_sessions_account_ix on account_sessions (account_id, id)`,
    // Secrets that can be used once: links in mail, invitations, challenges of passkeys.
    `create table if not exists account_links (
      hash text not null primary key,
      purpose text not null,
      account_id uuid,
      sealed text,
      created_at timestamptz(3) not null,
      expires_at timestamptz(3) not null
    )`,
    `create index if not exists account_links_account_ix on account_links (account_id, purpose)
      where account_id is not null`,
    `create table if not exists email_changes (
      account_id uuid not null primary key,
      email_digest text not null,
      email_sealed text not null,
      old_hash text not null,
      new_hash text not null,
      old_confirmed boolean not null default false,
      new_confirmed boolean not null default false,
      expires_at timestamptz(3) not null
    )`,
    `create index if not exists email_changes_old_ix on email_changes (old_hash)`,
    `create index if not exists email_changes_new_ix on email_changes (new_hash)`,
    `create table if not exists passkeys (
      id text not null primary key,
      account_id uuid not null,
      public_key text not null,
      counter int8 not null,
      transports text[] not null,
      name text not null,
      created_at timestamptz(3) not null,
      last_used_at timestamptz(3)
    )`,
    `create index if not exists passkeys_account_ix on passkeys (account_id, id)`,
    // A sent mail stays for a while without its content, so that a statement sent again does not send it again.
    `create table if not exists mail_outbox (
      id uuid not null primary key,
      kind text not null,
      sealed text,
      attempts int4 not null default 0,
      last_error text,
      created_at timestamptz(3) not null,
      next_attempt_at timestamptz(3) not null,
      sent_at timestamptz(3),
      given_up_at timestamptz(3),
      expires_at timestamptz(3)
    )`,
    `create index if not exists mail_outbox_due_ix on mail_outbox (next_attempt_at)
      where sent_at is null and given_up_at is null`,
    `create index if not exists mail_outbox_given_up_ix on mail_outbox (id) where given_up_at is not null`,
    `alter table sites add column if not exists organisation_id uuid`,
    `alter table sites add column if not exists version int8 not null default 1`,
    `alter table sites add column if not exists part_versions jsonb not null default '{}'`,
    `alter table sites add column if not exists deletes_at timestamptz(3)`,
    `create index if not exists sites_organisation_ix on sites (organisation_id, id) where organisation_id is not null`,
    `create index if not exists sites_deletes_ix on sites (deletes_at) where deletes_at is not null`,
    onlyOn('postgres', `create index if not exists account_sessions_expiry_ix on account_sessions (expires_at)`),
    onlyOn('postgres', `create index if not exists account_links_expiry_ix on account_links (expires_at)`),
    onlyOn(
      'postgres',
      `create index if not exists mail_outbox_expiry_ix on mail_outbox (expires_at) where expires_at is not null`,
    ),
    onlyOn(
      'cockroach',
      `alter table account_sessions set (ttl_expiration_expression = 'expires_at', ttl_job_cron = '@daily')`,
    ),
    onlyOn(
      'cockroach',
      `alter table account_links set (ttl_expiration_expression = 'expires_at', ttl_job_cron = '@daily')`,
    ),
    onlyOn(
      'cockroach',
      `alter table mail_outbox set (ttl_expiration_expression = 'expires_at', ttl_job_cron = '@daily')`,
    ),
  ],
}
