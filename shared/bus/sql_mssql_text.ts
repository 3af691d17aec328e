/** What SQL Server is told: every statement of the bus, beside those of `sql_postgres_text.ts` in the same order. */

/** Makes what is missing. Two processes at once come one after the other. */
export const SCHEMA = `
  set xact_abort on;
  begin transaction;
  declare @locked int;
  exec @locked = sp_getapplock @Resource = N'parley bus schema', @LockMode = N'Exclusive', @LockTimeout = 10000;
  if @locked < 0 throw 50000, N'Others are making the tables.', 1;
  if object_id(N'parley_bus_events') is null
  begin
    create table parley_bus_readers (
      owner int identity not null primary key,
      leased_until datetime2(3) not null
    );
    create table parley_bus_messages (
      position bigint identity not null primary key clustered,
      queue nvarchar(255) collate Latin1_General_100_BIN2 not null,
      priority tinyint not null,
      order_key varchar(22) collate Latin1_General_100_BIN2 null,
      visible_at datetime2(3) null,
      expires_at datetime2(3) null,
      attempts int not null default 0,
      owner int null,
      reader int null,
      head nvarchar(max) not null,
      body varbinary(max) not null,
      is_text bit not null
    );
    create index parley_bus_messages_waiting on parley_bus_messages (queue, priority, position)
      where owner is null and visible_at is null;
    create index parley_bus_messages_claimed on parley_bus_messages (queue, position)
      where owner is not null;
    create index parley_bus_messages_delayed on parley_bus_messages (visible_at)
      where visible_at is not null;
    create index parley_bus_messages_expiring on parley_bus_messages (expires_at)
      where expires_at is not null;
    create table parley_bus_events (
      position bigint identity not null primary key clustered,
      created_at datetime2(3) not null default sysutcdatetime(),
      topic nvarchar(max) not null,
      json nvarchar(max) not null
    );
    create index parley_bus_events_created on parley_bus_events (created_at);
  end;
  commit transaction;
`;

/** Tells whether everything is there; the last thing that is made stands for all, since they are made together. */
export const HAS_SCHEMA = `
  select case when object_id(N'parley_bus_events') is null then 0 else 1 end as has_schema;`;

/** Takes a lease of `@lease_ms`. */
export const REGISTER = `
  insert into parley_bus_readers (leased_until)
  output inserted.owner
  values (dateadd(millisecond, @lease_ms, sysutcdatetime()));`;

/** Gives up the lease `@owner`. What it had is found by `GIVE_BACK_LOST`. */
export const UNREGISTER = `delete from parley_bus_readers where owner = @owner;`;

/** Renews the lease `@owner` for `@lease_ms`, unless it is over. */
export const RENEW = `
  update parley_bus_readers set leased_until = dateadd(millisecond, @lease_ms, sysutcdatetime())
  output inserted.owner
  where owner = @owner and leased_until > sysutcdatetime();`;

/** Stores `count` messages in their order, each with parameters of its number, from 0. */
export function publish(count: number): string {
  return `
  insert into parley_bus_messages (queue, priority, order_key, visible_at, expires_at, head, body, is_text)
  select queue, priority, order_key, ${fromNow("delay_ms")}, ${fromNow("expires_ms")}, head, body, is_text
  from (values
    ${Array.from({ length: count }, (_, number) => rowOf(number)).join(",\n    ")}
  ) as incoming (number, queue, priority, order_key, delay_ms, expires_ms, head, body, is_text)
  order by number;`;
}

function rowOf(number: number): string {
  const columns = ["queue", "priority", "order_key", "delay_ms", "expires_ms", "head", "body", "is_text"];
  return `(${number}, ${columns.map((column) => `@${column}_${number}`).join(", ")})`;
}

/** Its arithmetic takes whole numbers of four bytes alone, so seconds and milliseconds are added by themselves. */
function fromNow(ms: string): string {
  const seconds = `dateadd(second, cast(${ms} / 1000 as int), sysutcdatetime())`;
  return `dateadd(millisecond, cast(${ms} % 1000 as int), ${seconds})`;
}

/**
 * Skips what others are changing. Where readers see versions rather than locks, as on Azure, that is refused unless the
 * last word brings the locks back.
 */
const CLAIMING = "with (rowlock, updlock, readpast, readcommittedlock)";

/** What waits: nobody has it, its delay is over, and it has not expired. */
const WAITS =
  `owner is null and visible_at is null and (expires_at is null or expires_at > sysutcdatetime())`;

/**
 * Claims up to `@limit` messages of `@queue` for `@reader` of the lease `@owner`, which must stand. Others who claim from
 * that queue, `@resource`, are held off until then.
 */
export const CLAIM = `
  set xact_abort on;
  begin transaction;
  declare @locked int;
  exec @locked = sp_getapplock @Resource = @resource, @LockMode = N'Exclusive', @LockTimeout = 5000;
  if @locked < 0 throw 50000, N'Others are claiming from this queue.', 1;
  with taken as (
    select top (@limit) message.*
    from parley_bus_messages as message ${CLAIMING}
    where queue = @queue and ${WAITS}
      and exists (select 1 from parley_bus_readers where owner = @owner and leased_until > sysutcdatetime())
      and (order_key is null or order_key not in (
        select held.order_key from parley_bus_messages as held
        where held.queue = @queue and held.owner is not null and held.order_key is not null
          and (held.owner <> @owner or held.reader <> @reader)
      ))
    order by priority, position
  )
  update taken set owner = @owner, reader = @reader, attempts = attempts + 1
  output inserted.position, inserted.priority, inserted.attempts, inserted.head, inserted.body, inserted.is_text;
  commit transaction;`;

/** Tells in which of `@queues`, a JSON array, something waits. */
export const WAITING = `
  select asked.queue
  from (select cast(value as nvarchar(255)) collate Latin1_General_100_BIN2 as queue from openjson(@queues)) as asked
  where exists (
    select 1 from parley_bus_messages as message with (rowlock, readpast, readcommittedlock)
    where message.queue = asked.queue and ${WAITS}
  );`;

/** Removes `@removed`, gives `@returned` back, and `@untouched` as if they had never been claimed: JSON arrays, all the lease `@owner`'s. */
export const SETTLE = `
  set xact_abort on;
  begin transaction;
  delete from parley_bus_messages with (rowlock)
  where owner = @owner and position in (select cast(value as bigint) from openjson(@removed));
  update parley_bus_messages with (rowlock) set owner = null, reader = null
  where owner = @owner and position in (select cast(value as bigint) from openjson(@returned));
  update parley_bus_messages with (rowlock) set owner = null, reader = null, attempts = attempts - 1
  where owner = @owner and position in (select cast(value as bigint) from openjson(@untouched));
  commit transaction;`;

/** Makes messages claimable whose delay is over. */
export const BRING_DUE = `
  with due as (
    select top (1000) queue, visible_at from parley_bus_messages ${CLAIMING}
    where visible_at <= sysutcdatetime() order by visible_at
  )
  update due set visible_at = null output inserted.queue;`;

/** Tells in how many milliseconds the next delay is over. */
export const NEXT_DUE = `
  select datediff_big(millisecond, sysutcdatetime(), min(visible_at)) + 1 as next_ms
  from parley_bus_messages where visible_at is not null;`;

/** Drops what has expired before anybody claimed it. */
export const EXPIRE = `
  with expired as (
    select top (1000) position from parley_bus_messages ${CLAIMING}
    where expires_at <= sysutcdatetime() and owner is null order by expires_at
  )
  delete from expired;`;

/** Drops leases that are over. */
export const DROP_DEAD = `delete from parley_bus_readers where leased_until <= sysutcdatetime();`;

/** Gives back what no lease stands for. */
export const GIVE_BACK_LOST = `
  update message set owner = null, reader = null
  output inserted.queue
  from parley_bus_messages as message ${CLAIMING}
  where owner is not null
    and not exists (select 1 from parley_bus_readers as living where living.owner = message.owner);`;

/** Keeps an event for who looks. */
export const KEEP_EVENT = `insert into parley_bus_events (topic, json) values (@topic, @json);`;

/**
 * Reads the events of the last seconds. One that was begun before another may be seen after it, so what is seen once is
 * seen again for a while, and whoever looks knows it by its position.
 */
export const READ_EVENTS = `
  select position, topic, json from parley_bus_events
  where created_at > dateadd(second, -10, sysutcdatetime()) order by position;`;

/** Drops events that everybody has had the time to read. */
export const DROP_EVENTS = `
  delete from parley_bus_events where created_at < dateadd(minute, -5, sysutcdatetime());`;

/** Counts what waits and what is out in `@queues`, a JSON array, up to a million of each. */
export const COUNT = `
  select asked.queue,
    (select count_big(*) from (
      select top (1000000) 1 as one from parley_bus_messages as message where message.queue = asked.queue and ${WAITS}
    ) as counted) as ready,
    (select count_big(*) from (
      select top (1000000) 1 as one from parley_bus_messages as message where message.queue = asked.queue
        and owner is not null
    ) as counted) as in_flight
  from (select cast(value as nvarchar(255)) collate Latin1_General_100_BIN2 as queue from openjson(@queues)) as asked;`;
