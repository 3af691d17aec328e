delete from "commands" where "position" in (select top(100) "position" from "commands" where "tenant_id" = @1 and "created_at" < @2 and "status" in (@3, @4, @5, @6) order by "created_at");

insert into "commands" ("tenant_id", "command_id", "principal_id", "agent_id", "requested_by", "status", "created_at", "body") select @1 as "tenant_id", @2 as "command_id", @3 as "principal_id", @4 as "agent_id", @5 as "requested_by", @6 as "status", @7 as "created_at", @8 as "body" where not exists (select "tenant_id" from "commands" where "tenant_id" = @9 and "command_id" = @10);

select "body", "agent_id", "requested_by" from "commands" where "tenant_id" = @1 and "command_id" = @2;

select top(1000) "body" from "commands" where "tenant_id" = @1 and "status" in (@2) and status in ('waiting', 'awaiting_approval', 'running') and "agent_id" = @3 order by "position";

select top(1000) "body" from "commands" where "tenant_id" = @1 and "status" in (@2) and status in ('waiting', 'awaiting_approval', 'running') order by "position";

select top(1000) "body" from "commands" where "tenant_id" = @1 and "status" in (@2, @3) and "agent_id" = @4 order by "position";

select top(1000) "body" from "commands" where "tenant_id" = @1 and "status" in (@2, @3) order by "position";

select top(1000) "body" from "commands" where ("tenant_id" = @1 and "agent_id" = @2) and "status" in (@3) and status in ('waiting', 'awaiting_approval', 'running') order by "position";

select top(1000) "body" from "commands" where ("tenant_id" = @1 and "requested_by" = @2) and "status" in (@3) and status in ('waiting', 'awaiting_approval', 'running') order by "position";

select top(1000) "body" from "commands" where ("tenant_id" = @1 and 1 = @2) and "status" in (@3) and status in ('waiting', 'awaiting_approval', 'running') order by "position";

select top(11) "body", "position" from "commands" where "tenant_id" = @1 and "position" < @2 order by "position" desc;

select top(11) "body", "position" from "commands" where ("tenant_id" = @1 and "agent_id" = @2) and "position" < @3 order by "position" desc;

select top(11) "body", "position" from "commands" where ("tenant_id" = @1 and "requested_by" = @2) and "position" < @3 order by "position" desc;

select top(11) "body", "position" from "commands" where ("tenant_id" = @1 and 1 = @2) and "position" < @3 order by "position" desc;

select top(4) "body", "position" from "commands" where "tenant_id" = @1 and "position" < @2 and "agent_id" = @3 order by "position" desc;

update "commands" set "status" = @1, "body" = @2 where "tenant_id" = @3 and "command_id" = @4;
