select case when object_id(N'parley_bus_events') is null then 0 else 1 end as has_schema;
go

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
go

-- @owner int = 6
delete from parley_bus_readers where owner = @owner;
go

-- @lease_ms int = 30000
insert into parley_bus_readers (leased_until)
  output inserted.owner
  values (dateadd(millisecond, @lease_ms, sysutcdatetime()));
go

-- @queue_0 nvarchar = "q"
-- @priority_0 int = 3
-- @order_key_0 varchar = "IU1sBcsYPihyHcKn3EN5fW"
-- @delay_ms_0 bigint = 2
-- @expires_ms_0 bigint = 60000
-- @head_0 nvarchar = "{\"id\":\"one\",\"headers\":{},\"key\":\"conv_1\"}"
-- @body_0 varbinary = 0x6f6e65
-- @is_text_0 bit = true
-- @queue_1 nvarchar = "q"
-- @priority_1 int = 3
-- @order_key_1 varchar = "IU1sBcsYPihyHcKn3EN5fW"
-- @delay_ms_1 bigint = 2
-- @expires_ms_1 bigint = 60000
-- @head_1 nvarchar = "{\"id\":\"two\",\"headers\":{},\"key\":\"conv_1\"}"
-- @body_1 varbinary = 0x74776f
-- @is_text_1 bit = true
insert into parley_bus_messages (queue, priority, order_key, visible_at, expires_at, head, body, is_text)
  select queue, priority, order_key, dateadd(millisecond, cast(delay_ms % 1000 as int), dateadd(second, cast(delay_ms / 1000 as int), sysutcdatetime())), dateadd(millisecond, cast(expires_ms % 1000 as int), dateadd(second, cast(expires_ms / 1000 as int), sysutcdatetime())), head, body, is_text
  from (values
    (0, @queue_0, @priority_0, @order_key_0, @delay_ms_0, @expires_ms_0, @head_0, @body_0, @is_text_0),
    (1, @queue_1, @priority_1, @order_key_1, @delay_ms_1, @expires_ms_1, @head_1, @body_1, @is_text_1)
  ) as incoming (number, queue, priority, order_key, delay_ms, expires_ms, head, body, is_text)
  order by number;
go

-- @queue_0 nvarchar = "q"
-- @priority_0 int = 3
-- @order_key_0 varchar = null
-- @delay_ms_0 bigint = null
-- @expires_ms_0 bigint = null
-- @head_0 nvarchar = "{\"id\":\"three\",\"headers\":{}}"
-- @body_0 varbinary = 0x01
-- @is_text_0 bit = false
insert into parley_bus_messages (queue, priority, order_key, visible_at, expires_at, head, body, is_text)
  select queue, priority, order_key, dateadd(millisecond, cast(delay_ms % 1000 as int), dateadd(second, cast(delay_ms / 1000 as int), sysutcdatetime())), dateadd(millisecond, cast(expires_ms % 1000 as int), dateadd(second, cast(expires_ms / 1000 as int), sysutcdatetime())), head, body, is_text
  from (values
    (0, @queue_0, @priority_0, @order_key_0, @delay_ms_0, @expires_ms_0, @head_0, @body_0, @is_text_0)
  ) as incoming (number, queue, priority, order_key, delay_ms, expires_ms, head, body, is_text)
  order by number;
go

-- @resource nvarchar = "parley bus 8e35c2cd3bf6641bdb0e2050b76932cbb2e6034a0ddacc1d9bea82a6ba57f7cf"
-- @queue nvarchar = "q"
-- @owner int = 7
-- @reader int = 2
-- @limit int = 64
set xact_abort on;
  begin transaction;
  declare @locked int;
  exec @locked = sp_getapplock @Resource = @resource, @LockMode = N'Exclusive', @LockTimeout = 5000;
  if @locked < 0 throw 50000, N'Others are claiming from this queue.', 1;
  with taken as (
    select top (@limit) message.*
    from parley_bus_messages as message with (rowlock, updlock, readpast, readcommittedlock)
    where queue = @queue and owner is null and visible_at is null and (expires_at is null or expires_at > sysutcdatetime())
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
  commit transaction;
go

-- @queues nvarchar = "[\"q\"]"
select asked.queue
  from (select cast(value as nvarchar(255)) collate Latin1_General_100_BIN2 as queue from openjson(@queues)) as asked
  where exists (
    select 1 from parley_bus_messages as message with (rowlock, readpast, readcommittedlock)
    where message.queue = asked.queue and owner is null and visible_at is null and (expires_at is null or expires_at > sysutcdatetime())
  );
go

-- @owner int = 7
-- @removed nvarchar = "[\"1\",\"2\"]"
-- @returned nvarchar = "[\"3\"]"
-- @untouched nvarchar = "[]"
set xact_abort on;
  begin transaction;
  delete from parley_bus_messages with (rowlock)
  where owner = @owner and position in (select cast(value as bigint) from openjson(@removed));
  update parley_bus_messages with (rowlock) set owner = null, reader = null
  where owner = @owner and position in (select cast(value as bigint) from openjson(@returned));
  update parley_bus_messages with (rowlock) set owner = null, reader = null, attempts = attempts - 1
  where owner = @owner and position in (select cast(value as bigint) from openjson(@untouched));
  commit transaction;
go

-- @owner int = 7
-- @lease_ms int = 30000
update parley_bus_readers set leased_until = dateadd(millisecond, @lease_ms, sysutcdatetime())
  output inserted.owner
  where owner = @owner and leased_until > sysutcdatetime();
go

with expired as (
    select top (1000) position from parley_bus_messages with (rowlock, updlock, readpast, readcommittedlock)
    where expires_at <= sysutcdatetime() and owner is null order by expires_at
  )
  delete from expired;
go

delete from parley_bus_readers where leased_until <= sysutcdatetime();
go

update message set owner = null, reader = null
  output inserted.queue
  from parley_bus_messages as message with (rowlock, updlock, readpast, readcommittedlock)
  where owner is not null
    and not exists (select 1 from parley_bus_readers as living where living.owner = message.owner);
go

delete from parley_bus_events where created_at < dateadd(minute, -5, sysutcdatetime());
go

with due as (
    select top (1000) queue, visible_at from parley_bus_messages with (rowlock, updlock, readpast, readcommittedlock)
    where visible_at <= sysutcdatetime() order by visible_at
  )
  update due set visible_at = null output inserted.queue;
go

select datediff_big(millisecond, sysutcdatetime(), min(visible_at)) + 1 as next_ms
  from parley_bus_messages where visible_at is not null;
go

select position, topic, json from parley_bus_events
  where created_at > dateadd(second, -10, sysutcdatetime()) order by position;
go

-- @topic nvarchar = "wake"
-- @json nvarchar = "\"web_1\""
insert into parley_bus_events (topic, json) values (@topic, @json);
go

-- @queues nvarchar = "[\"q\"]"
select asked.queue,
    (select count_big(*) from (
      select top (1000000) 1 as one from parley_bus_messages as message where message.queue = asked.queue and owner is null and visible_at is null and (expires_at is null or expires_at > sysutcdatetime())
    ) as counted) as ready,
    (select count_big(*) from (
      select top (1000000) 1 as one from parley_bus_messages as message where message.queue = asked.queue
        and owner is not null
    ) as counted) as in_flight
  from (select cast(value as nvarchar(255)) collate Latin1_General_100_BIN2 as queue from openjson(@queues)) as asked;
go
