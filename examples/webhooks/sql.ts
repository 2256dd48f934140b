/**
 * The SQL of the store. It is PostgreSQL's, and the same embedded and on a server.
 *
 * The table is the outbox: a webhook is unfinished until `published_at` is set. An unfinished one is either held by
 * an instance (`owner`), which has it in memory, or nobody's. `due_at` is when it may be claimed: for one that is
 * held that is the end of the lease, which its holder renews. Rows travel as one array a column, so that a batch of
 * any size is one and the same statement.
 */
import type { Statement } from "./database.js";

/** Any number will do, as long as all instances that may set up the same schema use the same. */
const SETUP_LOCK = 4_172_025;
/** An instance that lives holds the advisory lock of this number and its own. */
const PRESENCE = 4_172_026;

/**
 * Makes schema and table where they are missing. One instance at a time, or two first starts collide.
 *
 * What is there is not touched: "create … if not exists" and "add column if not exists" need the right to make it all
 * the same, and the latter a lock for which the instances that run would have to wait.
 */
export const setupSql = (schema: string): string => `
  do $$ begin
    perform pg_advisory_xact_lock(${String(SETUP_LOCK)});
    if to_regnamespace('"${schema}"') is null then create schema "${schema}"; end if;
    if to_regclass('"${schema}".webhooks') is null then
      create table "${schema}".webhooks (
        id           uuid primary key,
        position     bigint not null generated always as identity,
        source       text not null,
        body         text not null,
        accepted_at  timestamptz not null default now(),
        attempts     integer not null default 0,
        forwarded_at timestamptz,
        published_at timestamptz,
        failed_at    timestamptz,
        last_error   text
      );
    end if;
    if (
      select count(*) from pg_attribute
      where attrelid = to_regclass('"${schema}".webhooks') and attname in ('deadline', 'owner', 'due_at')
    ) < 3 then
      alter table "${schema}".webhooks
        add column if not exists deadline timestamptz not null default now(),
        add column if not exists owner    integer,
        add column if not exists due_at   timestamptz not null default now();
    end if;
    if to_regclass('"${schema}".webhooks_unfinished') is not null then
      drop index "${schema}".webhooks_unfinished;
    end if;
    if to_regclass('"${schema}".webhooks_due') is null then
      create index webhooks_due on "${schema}".webhooks (due_at) where published_at is null;
    end if;
  end $$;`;

/** Says that the instance lives, for as long as the session does. */
export const presenceSql = (owner: number): string =>
  `select pg_advisory_lock(${String(PRESENCE)}, ${String(owner)})`;

const MS = "interval '1 millisecond'";

export const statements = (schema: string) => {
  const table = `"${schema}".webhooks`;
  const statement = (name: string, sql: string): Statement => ({ name: `${schema}.${name}`.slice(-60), sql });
  return {
    /** Looks at the table, and reads nothing. */
    check: statement("check", `select from ${table} limit 0`),
    /** Twice the same row is stored once, so that a batch whose answer was lost can be sent again. */
    insert: statement(
      "insert",
      `insert into ${table} (id, source, body, deadline, owner, due_at)
       select id, source, body, to_timestamp(deadline / 1000), owner, now() + lease * ${MS}
       from unnest($1::uuid[], $2::text[], $3::text[], $4::float8[], $5::integer[], $6::float8[])
         as new (id, source, body, deadline, owner, lease)
       on conflict (id) do nothing`,
    ),
    markForwarded: statement(
      "mark-forwarded",
      `update ${table} as webhook set forwarded_at = now(), attempts = webhook.attempts + done.attempts
       from unnest($1::uuid[], $2::integer[]) as done (id, attempts)
       where webhook.id = done.id and forwarded_at is null`,
    ),
    markPublished: statement(
      "mark-published",
      `update ${table} as webhook
       set published_at = now(), forwarded_at = coalesce(forwarded_at, now()), failed_at = null,
         attempts = webhook.attempts + done.attempts
       from unnest($1::uuid[], $2::integer[]) as done (id, attempts)
       where webhook.id = done.id and published_at is null`,
    ),
    /** The more often it failed, the later it is tried again: the pause doubles, up to an hour. */
    markFailed: statement(
      "mark-failed",
      `update ${table} as webhook
       set failed_at = now(), attempts = webhook.attempts + failed.attempts, last_error = failed.error, owner = null,
         forwarded_at = case when failed.forwarded then coalesce(forwarded_at, now()) else forwarded_at end,
         due_at = now() + least(interval '1 hour', failed.pause * ${MS} * power(2, least(webhook.attempts / 4, 12)))
       from unnest($1::uuid[], $2::integer[], $3::boolean[], $4::text[], $5::float8[])
         as failed (id, attempts, forwarded, error, pause)
       where webhook.id = failed.id and published_at is null`,
    ),
    /** Put off without a fault of its own. */
    putOff: statement(
      "put-off",
      `update ${table} as webhook
       set owner = null, due_at = now() + later.pause * ${MS}, attempts = webhook.attempts + later.attempts,
         forwarded_at = case when later.forwarded then coalesce(forwarded_at, now()) else forwarded_at end
       from unnest($1::uuid[], $2::integer[], $3::boolean[], $4::float8[])
         as later (id, attempts, forwarded, pause)
       where webhook.id = later.id and published_at is null`,
    ),
    /** Several instances share the work: each takes what is due and what no other is just taking. */
    claim: statement(
      "claim",
      `with due as (
         select id from ${table} where published_at is null and due_at <= now()
         order by due_at limit $1::integer for update skip locked
       )
       update ${table} as webhook set owner = $2::integer, due_at = now() + $3::float8 * ${MS}, failed_at = null
       from due where webhook.id = due.id
       returning webhook.id::text, source, body, extract(epoch from deadline)::float8 * 1000 as deadline,
         forwarded_at is not null as "wasForwarded"`,
    ),
    renew: statement(
      "renew",
      `update ${table} set due_at = now() + $3::float8 * ${MS}
       where id = any($1::uuid[]) and owner = $2::integer and published_at is null`,
    ),
    /** What instances held that live no more is nobody's, and due. */
    releaseOrphans: statement(
      "release-orphans",
      `update ${table} set owner = null, due_at = now()
       where published_at is null and owner is not null and owner::bigint not in (
         select objid::bigint from pg_locks where locktype = 'advisory' and classid::bigint = ${String(PRESENCE)}
       )`,
    ),
    /** A start is a reason to try again at once what had to wait. */
    retryFailed: statement(
      "retry-failed",
      `update ${table} set failed_at = null, due_at = now() where published_at is null and failed_at is not null`,
    ),
    /** Those that have failed wait for nothing but the time. */
    countUnfinished: statement(
      "count-unfinished",
      `select count(*)::integer as count from ${table} where published_at is null and owner is null
         and failed_at is null`,
    ),
  };
};
