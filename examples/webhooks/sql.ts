/**
 * The SQL of the store. It is PostgreSQL's, and the same embedded and on a server.
 *
 * A webhook is unfinished until `published_at` is set. Rows travel as one array a column, so that a batch of
 * any size is one and the same statement.
 */

/** Any number will do, as long as all instances that may set up the same schema use the same. */
const SETUP_LOCK = 4_172_025;

/** Makes schema and table where they are missing. One instance at a time, or two first starts collide. */
export const setupSql = (schema: string): string => `
  begin;
  select pg_advisory_xact_lock(${String(SETUP_LOCK)});
  do $$ begin
    -- Not "create schema if not exists": that needs the right to create one even when it is there.
    if to_regnamespace('"${schema}"') is null then create schema "${schema}"; end if;
  end $$;
  create table if not exists "${schema}".webhooks (
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
  create index if not exists webhooks_unfinished
    on "${schema}".webhooks (position) where published_at is null;
  commit;`;

export const statements = (schema: string) => {
  const table = `"${schema}".webhooks`;
  return {
    insert: `insert into ${table} (id, source, body)
      select * from unnest($1::uuid[], $2::text[], $3::text[])`,
    markForwarded: `update ${table} as webhook
      set forwarded_at = now(), attempts = webhook.attempts + done.attempts, failed_at = null
      from unnest($1::uuid[], $2::integer[]) as done (id, attempts) where webhook.id = done.id`,
    markPublished: `update ${table} set published_at = now(), failed_at = null where id = any($1::uuid[])`,
    markFailed: `update ${table} as webhook
      set failed_at = now(), attempts = webhook.attempts + failed.attempts, last_error = failed.error
      from unnest($1::uuid[], $2::integer[], $3::text[]) as failed (id, attempts, error)
      where webhook.id = failed.id`,
    countUnfinished: `select count(*)::integer as count, coalesce(max(position), 0)::text as last
      from ${table} where published_at is null`,
    readUnfinished: `select id::text, source, body, position::text, forwarded_at is not null as "wasForwarded"
      from ${table} where published_at is null and position > $1::bigint and position <= $2::bigint
      order by webhooks.position limit $3::integer`,
  };
};
