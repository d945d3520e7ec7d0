import type { Migration } from './migration.ts'

/**
 * Keys start with (site_id, thread_id, …): a thread is one contiguous range, and tenants do not all write to the end of
 * one index. No foreign keys: each would read and lock the parent on every insert. The statements keep integrity.
 */
export const initial: Migration = {
  version: 1,
  statements: [
    `create table if not exists meta (
      name text not null primary key,
      value text not null
    )`,
    `create table if not exists sites (
      id uuid not null primary key,
      public_key text not null,
      name text not null,
      origins jsonb not null,
      settings jsonb not null,
      created_at timestamptz(3) not null
    )`,
    `create unique index if not exists sites_public_key_uq on sites (public_key)`,
    `create table if not exists threads (
      site_id uuid not null,
      id uuid not null,
      page text not null,
      url text not null,
      title text not null,
      created_at timestamptz(3) not null,
      primary key (site_id, id)
    )`,
    `create unique index if not exists threads_page_uq on threads (site_id, page)`,
    // Every change of a thread updates this row, so it is narrow and separate from what pages read.
    `create table if not exists thread_heads (
      site_id uuid not null,
      thread_id uuid not null,
      seq int8 not null default 0,
      comment_count int8 not null default 0,
      closed boolean not null default false,
      state_seq int8 not null default 0,
      primary key (site_id, thread_id)
    )`,
    `create table if not exists comments (
      site_id uuid not null,
      thread_id uuid not null,
      id uuid not null,
      parent_id uuid,
      root_id uuid not null,
      depth int4 not null,
      author_id uuid not null,
      author_name text not null,
      author_role text not null,
      key uuid not null,
      key_digest text not null,
      seq int8 not null,
      created_seq int8 not null,
      status text not null,
      body text not null,
      body_digest text not null,
      html text not null,
      score int8 not null default 0,
      reactions jsonb not null default '{}',
      pinned boolean not null default false,
      listed boolean not null,
      published boolean not null,
      created_at timestamptz(3) not null,
      edited_at timestamptz(3),
      deleted_at timestamptz(3),
      primary key (site_id, thread_id, id),
      constraint comments_status_chk check (status in ('pending', 'approved', 'rejected', 'spam'))
    )`,
    `create unique index if not exists comments_key_uq on comments (site_id, thread_id, author_id, key)`,
    `create index if not exists comments_sync_ix on comments (site_id, thread_id, seq)`,
    `create index if not exists comments_roots_ix on comments (site_id, thread_id, created_seq)
      where parent_id is null and listed`,
    `create index if not exists comments_top_ix on comments (site_id, thread_id, score desc, created_seq desc)
      where parent_id is null and listed`,
    `create index if not exists comments_replies_ix on comments (site_id, thread_id, root_id, created_seq)
      where parent_id is not null and listed`,
    `create index if not exists comments_queue_ix on comments (site_id, id)
      where status = 'pending' and deleted_at is null`,
    `create index if not exists comments_waiting_ix on comments (site_id, thread_id, author_id, created_seq)
      where status = 'pending' and deleted_at is null`,
    `create index if not exists comments_repeated_ix on comments (site_id, author_id, body_digest, created_at)`,
    `create index if not exists comments_approved_ix on comments (site_id, author_id)
      where status = 'approved' and deleted_at is null`,
    // Not columns of comments: a reply changes its parents' counts, and a statement must not change a table twice.
    `create table if not exists reply_counts (
      site_id uuid not null,
      thread_id uuid not null,
      comment_id uuid not null,
      replies int8 not null,
      primary key (site_id, thread_id, comment_id)
    )`,
    `create table if not exists revisions (
      site_id uuid not null,
      thread_id uuid not null,
      comment_id uuid not null,
      id uuid not null,
      body text not null,
      html text not null,
      replaced_at timestamptz(3) not null,
      primary key (site_id, thread_id, comment_id, id)
    )`,
    `create table if not exists reactions (
      site_id uuid not null,
      thread_id uuid not null,
      comment_id uuid not null,
      author_id uuid not null,
      kind text not null,
      created_at timestamptz(3) not null,
      primary key (site_id, thread_id, comment_id, author_id, kind)
    )`,
    `create table if not exists authors (
      site_id uuid not null,
      id uuid not null,
      name text not null,
      role text not null,
      created_at timestamptz(3) not null,
      primary key (site_id, id)
    )`,
    `create table if not exists credentials (
      site_id uuid not null,
      id uuid not null,
      author_id uuid not null,
      secret_hash text not null,
      previous_hash text,
      rotated_at timestamptz(3) not null,
      expires_at timestamptz(3) not null,
      primary key (site_id, id)
    )`,
  ],
}
