import type { Dialect } from '../src/adapters/postgres/dialect.ts'

/** SQL that differs between CockroachDB ≥ 23.1, PostgreSQL ≥ 15 and PGlite, with its replacement. */
export type Denied = {
  readonly rule: string
  readonly pattern: RegExp
  readonly instead: string
  /** The dialect that has it: allowed in `onlyOn` of that dialect. */
  readonly only?: Dialect
  /** A statement the rule must catch; tested. */
  readonly example: string
}

export const denied: readonly Denied[] = [
  {
    rule: 'only CockroachDB has it',
    pattern: /\bas\s+of\s+system\s+time\b|\bttl_\w+\s*=|\b(set\s+locality|regional\s+by|show\s+regions)\b/i,
    instead: "onlyOn('cockroach', …), with an alternative for PostgreSQL",
    only: 'cockroach',
    example: 'select a from t as of system time follower_read_timestamp()',
  },
  {
    rule: 'serial',
    pattern: /\b(small|big)?serial\b|\bgenerated\s+(always|by default)\s+as\s+identity\b/i,
    instead: 'UUIDv7 made by the node, or the seq of thread_heads',
    example: 'create table t (id bigserial primary key)',
  },
  {
    rule: 'sequence',
    pattern: /\bsequence\b|\b(nextval|currval|setval)\s*\(/i,
    instead: 'the seq of thread_heads',
    example: `select nextval('s')`,
  },
  {
    rule: 'only one engine has it',
    pattern: /\b(unique_rowid|cluster_logical_timestamp|uuidv7|uuid_generate_v\d\w*|pg_stat_\w+|crdb_internal\w*)\b/i,
    instead: 'values made by the node',
    example: 'select uuidv7()',
  },
  {
    rule: 'advisory lock',
    pattern: /\bpg_(try_)?advisory_\w+/i,
    instead: 'a row of leases',
    example: 'select pg_advisory_lock(1)',
  },
  {
    rule: 'listen and notify',
    pattern: /\b(listen|unlisten|notify)\s+\w|\bpg_notify\b/i,
    instead: 'the bus',
    example: 'notify changes',
  },
  {
    rule: 'trigger or procedure',
    pattern: /\bcreate\s+(or\s+replace\s+)?(constraint\s+)?(trigger|function|procedure)\b|\bplpgsql\b|^\s*do\s+\$/i,
    instead: 'application code',
    example: 'create trigger t before insert on comments execute function f()',
  },
  {
    rule: 'refused by CockroachDB',
    pattern:
      /\b(exclude\s+using|create\s+domain|merge\s+into|grouping\s+sets|rollup|tablesample|deferrable|lock\s+table|restart\s+identity|overriding\s+(system|user)|partition\s+by\s+(range|list|hash)|using\s+index)\b|\bnulls\s+not\s+distinct\b|\w\s*=>\s*[\w$']/i,
    instead: 'plain tables, unique indexes and positional arguments',
    example: 'create unique index i on t (a) nulls not distinct',
  },
  {
    rule: 'range type',
    pattern: /\b(int4|int8|num|ts|tstz|date)range\b/i,
    instead: 'two columns',
    example: 'create table t (during tstzrange)',
  },
  {
    rule: 'maintenance',
    pattern: /^\s*(vacuum|reindex|checkpoint|cluster|analyze)\b|\bexplain\s*\(\s*analyze/i,
    instead: 'the adapter of the engine that needs it',
    example: 'vacuum comments',
  },
  {
    rule: 'conflict on an expression or on any index',
    pattern: /\bon\s+conflict\s*(\(\s*\(|\(\s*lower|do\b)/i,
    instead: 'a stored column, named in on conflict (…)',
    example: 'insert into t (a) values (1) on conflict do nothing',
  },
  {
    rule: 'system column',
    pattern: /\b(xmax|xmin|ctid|tableoid)\b/i,
    instead: 'returning, and application code',
    example: 'insert into t (a) values (1) returning xmax = 0',
  },
  {
    rule: 'division',
    pattern: /[\w)]\s+\/\s+[\w(]/,
    instead: 'division in application code, or of ::float8',
    example: 'select seq / 2 from t',
  },
  {
    rule: 'native enum',
    pattern: /\b(create|alter)\s+type\b/i,
    instead: 'text with a check',
    example: `create type status as enum ('a')`,
  },
  {
    rule: 'jsonpath and its operator class',
    pattern: /@\?|@@|\bjsonb_path_\w+/i,
    instead: '-> ->> @> ?',
    example: `select a @? '$.b' from t`,
  },
  {
    rule: 'full-text functions only PostgreSQL has',
    pattern: /\b(websearch_to_tsquery|ts_rank_cd|setweight|ts_headline)\b/i,
    instead: 'plainto_tsquery with a named configuration, ts_rank',
    example: `select websearch_to_tsquery('simple', 'a')`,
  },
  {
    rule: 'extension',
    pattern: /\b(create\s+extension|citext|ltree|pg_trgm|similarity\s*\(|digest\s*\()/i,
    instead: 'a normalized column, or application code',
    example: 'create extension citext',
  },
  {
    rule: 'varchar or a bare integer type',
    pattern: /\bvarchar\b|\bchar\s*\(|\b(int|integer|bigint|smallint)\b/i,
    instead: 'text, int8 or int4: int has eight bytes on CockroachDB',
    example: 'create table t (a integer)',
  },
  {
    rule: 'microseconds',
    pattern: /\btimestamptz\s+(not\s+null|null|default)\b/i,
    instead: 'timestamptz(3): a Date holds milliseconds',
    example: 'create table t (at timestamptz not null)',
  },
  {
    rule: 'time without zone',
    pattern: /\btimestamp\b(?!tz)/i,
    instead: 'timestamptz(3)',
    example: 'create table t (at timestamp)',
  },
  {
    rule: 'returning all columns',
    pattern: /\breturning\s+\*/i,
    instead: 'column names: a prepared statement breaks when the table changes',
    example: 'delete from comments where site_id = $1::uuid returning *',
  },
  {
    rule: 'offset',
    pattern: /\boffset\s+(\$|\d)/i,
    instead: 'a position (keyset)',
    example: 'select a from t order by a limit 10 offset 20',
  },
  {
    rule: 'newer than PostgreSQL 15',
    pattern: /\b(json_table|any_value|returning\s+(old|new)\.|json_query|json_exists)/i,
    instead: 'features of PostgreSQL 15',
    example: 'select any_value(a) from t',
  },
  {
    rule: 'explicit transaction',
    pattern: /^\s*(begin|commit|rollback|savepoint|start\s+transaction)\b/i,
    instead: 'one statement',
    example: 'begin',
  },
  {
    rule: 'several statements in one string',
    pattern: /;\s*\S/,
    instead: 'one statement per string',
    example: 'drop table a; drop table b',
  },
  {
    rule: 'uncast value',
    pattern: /\$\d+(?!\d|::)/,
    instead: '$1::type, since CockroachDB infers less',
    example: 'select a from t where b = $1',
  },
  {
    rule: 'key constraint in create table',
    pattern: /\bunique\s*\(|\breferences\s+\w+/i,
    instead: 'create unique index; no foreign keys between hot tables',
    example: 'create table t (a text, unique (a))',
  },
  {
    rule: 'not safe to run again',
    pattern:
      /\bcreate\s+(unique\s+)?(table|index)\s+(?!if\s+not\s+exists)|\badd\s+column\s+(?!if\s+not\s+exists)|\bdrop\s+(table|index|column)\s+(?!if\s+exists)/i,
    instead: 'if not exists, if exists',
    example: 'create index i on t (a)',
  },
]
