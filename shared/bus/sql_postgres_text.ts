/** What PostgreSQL is told: every statement of the bus, beside those of `sql_mssql_text.ts` in the same order. */

/** Makes what is missing. Two processes at once come one after the other. */
export const SCHEMA = `
  create table if not exists parley_bus_readers (
    owner integer generated always as identity primary key,
    leased_until timestamptz not null
  );
  create table if not exists parley_bus_messages (
    position bigint generated always as identity primary key,
    queue text collate "C" not null,
    priority smallint not null,
    order_key text collate "C",
    visible_at timestamptz,
    expires_at timestamptz,
    attempts integer not null default 0,
    owner integer,
    reader integer,
    head text not null,
    body bytea not null,
    is_text boolean not null
  ) with (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 20000
  );
  create index if not exists parley_bus_messages_waiting on parley_bus_messages (queue, priority, position)
    where owner is null and visible_at is null;
  create index if not exists parley_bus_messages_claimed on parley_bus_messages (queue, position)
    where owner is not null;
  create index if not exists parley_bus_messages_delayed on parley_bus_messages (visible_at)
    where visible_at is not null;
  create index if not exists parley_bus_messages_expiring on parley_bus_messages (expires_at)
    where expires_at is not null;
  create table if not exists parley_bus_events (
    position bigint generated always as identity primary key,
    created_at timestamptz not null default now(),
    topic text not null,
    json text not null
  );
`;

/** Tells whether everything is there. */
export const HAS_SCHEMA = `
  select bool_and(to_regclass(name) is not null) as has_schema
  from unnest(array['parley_bus_readers', 'parley_bus_messages', 'parley_bus_events']) as name`;

/** Gives a short name of the schema that has the tables: with a search path of several it need not be the first. */
export const SCHEMA_HASH = `
  select md5(namespace.nspname) as schema
  from pg_class join pg_namespace as namespace on namespace.oid = relnamespace
  where pg_class.oid = 'parley_bus_messages'::regclass`;

/** Holds others off until the end of the transaction. `$1`: what for. */
export const LOCK = `select pg_advisory_xact_lock(hashtextextended($1, 0))`;

/** Takes a lease of `$1` ms that this session stands for, by a lock that ends with it: should it end, so does the lease. */
export const REGISTER = `
  with taken as (
    insert into parley_bus_readers (leased_until) values (now() + $1 * interval '1 millisecond')
    returning tableoid, owner
  )
  select owner, pg_advisory_lock(tableoid::integer, owner) from taken`;

/** Gives up the lease `$1`. What it had is found by `GIVE_BACK_LOST`. */
export const UNREGISTER = `delete from parley_bus_readers where owner = $1`;

/** Renews the lease `$1` for `$2` ms, unless it is over. */
export const RENEW = `
  update parley_bus_readers set leased_until = now() + $2 * interval '1 millisecond'
  where owner = $1 and leased_until > now()`;

/** Stores messages in the order of the arrays. */
export const PUBLISH = `
  insert into parley_bus_messages (queue, priority, order_key, visible_at, expires_at, head, body, is_text)
  select queue, priority, order_key, now() + delay_ms * interval '1 millisecond',
    now() + expires_ms * interval '1 millisecond', head, body, is_text
  from unnest($1::text[], $2::smallint[], $3::text[], $4::float8[], $5::float8[], $6::text[], $7::bytea[],
    $8::boolean[]) with ordinality
    as new (queue, priority, order_key, delay_ms, expires_ms, head, body, is_text, number)
  order by number`;

/**
 * Wakes the readers of the queues `$2` through the channel `$1`. Whoever notifies holds off all others who do until it is
 * committed: with the messages that would be for as long as the disk takes, and by itself it waits for no disk.
 */
export const WAKE = `
  select set_config('synchronous_commit', 'off', true), pg_notify($1, queue) from unnest($2::text[]) as queue`;

/** Claims up to `$4` messages of the queue `$1` for the reader `$3` of the lease `$2`, which must stand. */
export const CLAIM = `
  with next as (
    select position from parley_bus_messages as message
    where queue = $1 and owner is null and visible_at is null and (expires_at is null or expires_at > now())
      and exists (select from parley_bus_readers where owner = $2 and leased_until > now())
      and (order_key is null or order_key not in (
        select held.order_key from parley_bus_messages as held
        where held.queue = $1 and held.owner is not null and held.order_key is not null
          and (held.owner <> $2 or held.reader <> $3)
      ))
    order by priority, position
    limit $4
    for update skip locked
  )
  update parley_bus_messages as message set owner = $2, reader = $3, attempts = message.attempts + 1
  from next where message.position = next.position
  returning message.position, message.priority, message.attempts, message.head, message.body, message.is_text`;

/** Tells in which of the queues `$1` something waits. */
export const WAITING = `
  select queue from unnest($1::text[]) as asked (queue)
  where exists (
    select from parley_bus_messages as message
    where message.queue = asked.queue and owner is null and visible_at is null
      and (expires_at is null or expires_at > now())
  )`;

/** Removes `$1`, gives `$2` back, and `$3` as if they had never been claimed: all of them the lease `$4`'s. `$5`: the channel. */
export const SETTLE = `
  with removed as (
    delete from parley_bus_messages where position = any($1::bigint[]) and owner = $4
  ), returned as (
    update parley_bus_messages
    set owner = null, reader = null, attempts = attempts - (position = any($3::bigint[]))::integer
    where position = any($2::bigint[] || $3::bigint[]) and owner = $4
    returning queue
  )
  select pg_notify($5, queue) from returned group by queue`;

/** Makes messages claimable whose delay is over, and wakes their readers through the channel `$1`. */
export const BRING_DUE = `
  with due as (
    select position from parley_bus_messages where visible_at <= now()
    order by visible_at limit 1000 for update skip locked
  ), brought as (
    update parley_bus_messages as message set visible_at = null
    from due where message.position = due.position
    returning queue
  )
  select pg_notify($1, queue) from brought group by queue`;

/** Tells in how many milliseconds the next delay is over. */
export const NEXT_DUE = `
  select ceil(extract(epoch from min(visible_at) - clock_timestamp()) * 1000)::float8 as next_ms
  from parley_bus_messages where visible_at is not null`;

/** Drops what has expired before anybody claimed it. */
export const EXPIRE = `
  delete from parley_bus_messages where position in (
    select position from parley_bus_messages where expires_at <= now() and owner is null
    limit 1000 for update skip locked
  )`;

/** Drops leases that are over, and those whose session has ended; `$1` is one's own. */
export const DROP_DEAD = `
  delete from parley_bus_readers
  where leased_until <= now() or (owner <> $1 and pg_try_advisory_xact_lock(tableoid::integer, owner))`;

/** Gives back what no lease stands for, and wakes the readers through the channel `$1`. */
export const GIVE_BACK_LOST = `
  with returned as (
    update parley_bus_messages as message set owner = null, reader = null
    where owner is not null
      and not exists (select from parley_bus_readers as living where living.owner = message.owner)
    returning queue
  )
  select pg_notify($1, queue) from returned group by queue`;

/** Tells everybody who listens on the channel `$1`, in the order of the texts `$2`. */
export const NOTIFY = `
  select pg_notify($1, said) from unnest($2::text[]) with ordinality as event (said, number) order by number`;

/** Keeps an event that is too large to be told. */
export const KEEP_EVENT = `insert into parley_bus_events (topic, json) values ($1, $2) returning position`;

/** Reads a large event. */
export const READ_EVENT = `select topic, json from parley_bus_events where position = $1`;

/** Drops large events that everybody has had the time to read. */
export const DROP_EVENTS = `delete from parley_bus_events where created_at < now() - interval '5 minutes'`;

/** Counts what waits and what is out in the queues `$1`, up to a million of each. */
export const COUNT = `
  select queue,
    (select count(*) from (
      select from parley_bus_messages as message where message.queue = asked.queue
        and owner is null and visible_at is null and (expires_at is null or expires_at > now()) limit 1000000
    ) as counted)::float8 as ready,
    (select count(*) from (
      select from parley_bus_messages as message where message.queue = asked.queue
        and owner is not null limit 1000000
    ) as counted)::float8 as in_flight
  from unnest($1::text[]) as asked (queue)`;
