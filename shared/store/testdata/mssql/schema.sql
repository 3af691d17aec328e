create table "parley_migrations" ("name" varchar(255) not null primary key, "timestamp" varchar(255) not null);

create table "parley_migrations_lock" ("id" varchar(255) not null primary key, "is_locked" integer default 0 not null);

insert into "parley_migrations_lock" ("id", "is_locked") values ('migration_lock', 0);

create table "conversations" ("tenant_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "conversation_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "owner_id" nvarchar(200) collate Latin1_General_100_BIN2, "title" nvarchar(max) collate Latin1_General_100_BIN2 not null, "title_search" nvarchar(max) collate Latin1_General_100_BIN2 not null, "created_at" nvarchar(200) collate Latin1_General_100_BIN2 not null, "updated_at" nvarchar(200) collate Latin1_General_100_BIN2 not null, "message_count" bigint not null, "last_position" bigint not null, "highest_seq" bigint not null, "last_agent_id" nvarchar(200) collate Latin1_General_100_BIN2, constraint "conversations_key" primary key ("tenant_id", "conversation_id"));

create index "conversations_by_last_position" on "conversations" ("tenant_id", "last_position");

create index "conversations_by_owner_id_last_position" on "conversations" ("tenant_id", "owner_id", "last_position");

create table "messages" ("position" bigint identity primary key, "tenant_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "message_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "conversation_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "principal_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "sender_id" nvarchar(200) collate Latin1_General_100_BIN2, "receiver_id" nvarchar(200) collate Latin1_General_100_BIN2, "message_type" nvarchar(200) collate Latin1_General_100_BIN2 not null, "state" nvarchar(200) collate Latin1_General_100_BIN2 not null, "seq" bigint not null, "accepted_at" nvarchar(200) collate Latin1_General_100_BIN2 not null, "text_search" nvarchar(max) collate Latin1_General_100_BIN2 not null, "body" nvarchar(max) collate Latin1_General_100_BIN2 not null, "routing_status" nvarchar(200) collate Latin1_General_100_BIN2, "code" nvarchar(200) collate Latin1_General_100_BIN2, "error_details" nvarchar(max) collate Latin1_General_100_BIN2, constraint "messages_id" unique ("tenant_id", "message_id"));

create index "messages_by_conversation_id_position_sender_id_receiver_id" on "messages" ("tenant_id", "conversation_id", "position", "sender_id", "receiver_id");

create index messages_on_the_way on messages (tenant_id, state, position, receiver_id, accepted_at)
    where state in ('accepted', 'published', 'waiting');

create table "sessions" ("tenant_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "frontend_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "principal_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "frontend_name" nvarchar(max) collate Latin1_General_100_BIN2 not null, "token_hash" nvarchar(200) collate Latin1_General_100_BIN2 not null unique, "created_at" nvarchar(200) collate Latin1_General_100_BIN2 not null, "last_seen" nvarchar(200) collate Latin1_General_100_BIN2 not null, "reserved_seq" bigint not null, constraint "sessions_key" primary key ("tenant_id", "frontend_id"));

create table "frames" ("position" bigint identity primary key, "tenant_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "frontend_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "principal_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "seq" bigint not null, "at" nvarchar(200) collate Latin1_General_100_BIN2 not null, "body" nvarchar(max) collate Latin1_General_100_BIN2 not null, constraint "frames_seq" unique ("tenant_id", "frontend_id", "seq"));

create index "frames_by_at" on "frames" ("tenant_id", "at");

create table "peers" ("tenant_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "principal_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "last_seen" nvarchar(200) collate Latin1_General_100_BIN2 not null, "status" nvarchar(200) collate Latin1_General_100_BIN2 not null, "body" nvarchar(max) collate Latin1_General_100_BIN2 not null, constraint "peers_key" primary key ("tenant_id", "id"));

create table "dead_letters" ("position" bigint identity primary key, "tenant_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "principal_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "queue" nvarchar(max) collate Latin1_General_100_BIN2 not null, "code" nvarchar(max) collate Latin1_General_100_BIN2 not null, "reason" nvarchar(max) collate Latin1_General_100_BIN2 not null, "at" nvarchar(200) collate Latin1_General_100_BIN2 not null, "body" nvarchar(max) collate Latin1_General_100_BIN2 not null, constraint "dead_letters_id" unique ("tenant_id", "id"));

create index "dead_letters_by_position" on "dead_letters" ("tenant_id", "position");

insert into "parley_migrations" ("name", "timestamp") values ('0001_first', '2026-01-01T00:00:00.000Z');

update frames set "body" = concat("seq", ' ', "at", ' ', "body");

insert into "parley_migrations" ("name", "timestamp") values ('0002_frames_together', '2026-01-01T00:00:00.001Z');

create table "presence_changes" ("position" bigint identity primary key, "tenant_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "principal_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "peer_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "kind" nvarchar(200) collate Latin1_General_100_BIN2 not null, "at" nvarchar(200) collate Latin1_General_100_BIN2 not null, "status" nvarchar(200) collate Latin1_General_100_BIN2 not null, "is_online" bigint not null, "reason" nvarchar(max) collate Latin1_General_100_BIN2 not null);

create index "presence_changes_by_peer" on "presence_changes" ("tenant_id", "peer_id", "position", "at");

create index "presence_changes_by_at" on "presence_changes" ("tenant_id", "at");

create table "commands" ("position" bigint identity primary key, "tenant_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "command_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "principal_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "agent_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "requested_by" nvarchar(200) collate Latin1_General_100_BIN2 not null, "status" nvarchar(200) collate Latin1_General_100_BIN2 not null, "created_at" nvarchar(200) collate Latin1_General_100_BIN2 not null, "body" nvarchar(max) collate Latin1_General_100_BIN2 not null, constraint "commands_id" unique ("tenant_id", "command_id"));

create index "commands_by_agent_id" on "commands" ("tenant_id", "agent_id", "position");

create index "commands_by_requested_by" on "commands" ("tenant_id", "requested_by", "position");

create index "commands_by_position" on "commands" ("tenant_id", "position");

create index "commands_by_created_at" on "commands" ("tenant_id", "created_at");

create index commands_not_ended on commands (tenant_id, position, agent_id, status)
    where status in ('waiting', 'awaiting_approval', 'running');

insert into "parley_migrations" ("name", "timestamp") values ('0003_presence_and_commands', '2026-01-01T00:00:00.002Z');

create table "tasks" ("position" bigint identity primary key, "tenant_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "task_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "principal_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "requested_by" nvarchar(200) collate Latin1_General_100_BIN2 not null, "idempotency_key" nvarchar(200) collate Latin1_General_100_BIN2, "parent_task_id" nvarchar(200) collate Latin1_General_100_BIN2, "task_type" nvarchar(200) collate Latin1_General_100_BIN2 not null, "status" nvarchar(200) collate Latin1_General_100_BIN2 not null, "is_open" bigint not null, "is_unwell" bigint not null, "agent_id" nvarchar(200) collate Latin1_General_100_BIN2, "server_id" nvarchar(200) collate Latin1_General_100_BIN2, "answer_to" nvarchar(200) collate Latin1_General_100_BIN2, "version" bigint not null, "created_at" nvarchar(200) collate Latin1_General_100_BIN2 not null, "text_search" nvarchar(max) collate Latin1_General_100_BIN2 not null, "asked" nvarchar(max) collate Latin1_General_100_BIN2 not null, "state" nvarchar(max) collate Latin1_General_100_BIN2 not null, constraint "tasks_id" unique ("tenant_id", "task_id"));

create index tasks_by_requested_by on tasks (tenant_id, requested_by, position);

create unique index tasks_key on tasks (tenant_id, requested_by, idempotency_key)
    where idempotency_key is not null;

create index tasks_by_parent on tasks (tenant_id, parent_task_id, position)
    where parent_task_id is not null;

create index tasks_by_agent on tasks (tenant_id, agent_id, position)
    where agent_id is not null;

create index tasks_not_ended on tasks (tenant_id, position)
    where is_open = 1;

create index tasks_to_answer on tasks (tenant_id, position)
    where answer_to is not null;

create index tasks_not_well on tasks (tenant_id, status, position)
    where is_unwell = 1;

insert into "parley_migrations" ("name", "timestamp") values ('0004_tasks', '2026-01-01T00:00:00.003Z');

alter table "sessions" add "server_id" nvarchar(200) collate Latin1_General_100_BIN2;

create table "errands" ("position" bigint identity primary key, "tenant_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "principal_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "server_id" nvarchar(200) collate Latin1_General_100_BIN2 not null, "body" nvarchar(max) collate Latin1_General_100_BIN2 not null);

create index "errands_by_server" on "errands" ("tenant_id", "server_id", "position");

insert into "parley_migrations" ("name", "timestamp") values ('0005_several_servers', '2026-01-01T00:00:00.004Z');

create index messages_by_sender on messages (tenant_id, sender_id, position)
      where sender_id is not null;

create index messages_by_receiver on messages (tenant_id, receiver_id, position)
      where receiver_id is not null;

insert into "parley_migrations" ("name", "timestamp") values ('0006_messages_by_participant', '2026-01-01T00:00:00.005Z');

alter table "dead_letters" add "text_search" nvarchar(max) collate Latin1_General_100_BIN2;

insert into "parley_migrations" ("name", "timestamp") values ('0007_dead_letters_search', '2026-01-01T00:00:00.006Z');
