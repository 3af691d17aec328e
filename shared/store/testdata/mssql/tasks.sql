delete from "tasks" where "position" in (@1, @2, @3, @4, @5, @6, @7, @8, @9, @10, @11, @12, @13, @14, @15, @16, @17, @18, @19, @20, @21, @22, @23, @24, @25, @26, @27, @28, @29, @30, @31, @32, @33, @34, @35, @36, @37, @38, @39, @40, @41, @42, @43, @44, @45, @46, @47, @48, @49, @50) and "answer_to" is null and "status" in (@51, @52, @53, @54);

insert into "tasks" ("tenant_id", "task_id", "principal_id", "requested_by", "idempotency_key", "parent_task_id", "task_type", "status", "is_open", "is_unwell", "agent_id", "server_id", "answer_to", "version", "created_at", "text_search", "asked", "state") select @1 as "tenant_id", @2 as "task_id", @3 as "principal_id", @4 as "requested_by", @5 as "idempotency_key", @6 as "parent_task_id", @7 as "task_type", @8 as "status", @9 as "is_open", @10 as "is_unwell", @11 as "agent_id", @12 as "server_id", @13 as "answer_to", @14 as "version", @15 as "created_at", @16 as "text_search", @17 as "asked", @18 as "state" where (not exists (select "tenant_id" from "tasks" where "tenant_id" = @19 and "task_id" = @20) and not exists (select "tenant_id" from "tasks" where "tenant_id" = @21 and "requested_by" = @22 and "idempotency_key" = @23));

select "asked", "state", "version", "server_id", "answer_to" from "tasks" where "tenant_id" = @1 and "agent_id" = @2 and "position" in (@3) order by "position" desc;

select "asked", "state", "version", "server_id", "answer_to" from "tasks" where "tenant_id" = @1 and "parent_task_id" = @2 and "position" in (@3) order by "position" desc;

select "asked", "state", "version", "server_id", "answer_to" from "tasks" where "tenant_id" = @1 and "requested_by" = @2 and "idempotency_key" = @3;

select "asked", "state", "version", "server_id", "answer_to" from "tasks" where "tenant_id" = @1 and "requested_by" = @2 and "position" in (@3) order by "position" desc;

select "asked", "state", "version", "server_id", "answer_to" from "tasks" where "tenant_id" = @1 and "status" in (@2, @3) and "position" in (@4) order by "position" desc;

select "asked", "state", "version", "server_id", "answer_to" from "tasks" where "tenant_id" = @1 and "task_id" = @2;

select "asked", "state", "version", "server_id", "answer_to" from "tasks" where "tenant_id" = @1 and "task_id" in (@2, @3);

select "asked", "state", "version", "server_id", "answer_to" from "tasks" where "tenant_id" = @1 and "task_type" = @2 and "position" in (@3, @4) order by "position" desc;

select "asked", "state", "version", "server_id", "answer_to" from "tasks" where "tenant_id" = @1 and 1 = 1 and "position" in (@2) order by "position" desc;

select "asked", "state", "version", "server_id", "answer_to" from "tasks" where "tenant_id" = @1 and text_search like @2 escape '\' and "position" in (@3) order by "position" desc;

select "asked", "state", "version", "server_id", "answer_to" from "tasks" where ("tenant_id" = @1 and "requested_by" = @2) and "task_id" in (@3, @4);

select "asked", "state", "version", "server_id", "answer_to" from "tasks" where ("tenant_id" = @1 and "requested_by" = @2) and 1 = 1 and "position" in (@3) order by "position" desc;

select "asked", "state", "version", "server_id", "answer_to" from "tasks" where ("tenant_id" = @1 and ("requested_by" = @2 or "agent_id" = @3)) and "task_id" in (@4, @5);

select "asked", "state", "version", "server_id", "answer_to" from "tasks" where ("tenant_id" = @1 and ("requested_by" = @2 or "agent_id" = @3)) and 1 = 1 and "position" in (@4) order by "position" desc;

select "asked", "state", "version", "server_id", "answer_to" from "tasks" where 1 = 0 and "task_id" in (@1, @2);

select "status", count(*) as "number" from "tasks" where "tenant_id" = @1 group by "status";

select top(100) "asked", "state", "version", "server_id", "answer_to", "position" from "tasks" where "tenant_id" = @1 and answer_to is not null and "status" in (@2, @3, @4, @5) and "position" > @6 order by "position";

select top(100) "asked", "state", "version", "server_id", "answer_to", "position" from "tasks" where "tenant_id" = @1 and is_open = 1 and "position" > @2 order by "position";

select top(100) "position", "status", "answer_to", "created_at" from "tasks" where "tenant_id" = @1 and "position" > @2 order by "position";

select top(1000) "child"."task_id" as "taskId", "parent"."task_id" as "parentId", "child"."position" as "position" from "tasks" as "child" inner join "tasks" as "parent" on "parent"."tenant_id" = "child"."tenant_id" and "parent"."task_id" = "child"."parent_task_id" where "child"."tenant_id" = @1 and "child"."is_open" = 1 and "parent"."is_unwell" = 1 and "child"."position" > @2 order by "child"."position";

select top(10000) "position", "task_id", "version", "status", "server_id" from "tasks" where "tenant_id" = @1 and is_open = 1 and "position" > @2 order by "position";

select top(101) "position", datalength("asked") as "asked", datalength("state") as "state" from "tasks" where "tenant_id" = @1 and "agent_id" = @2 and "position" < @3 order by "position" desc;

select top(101) "position", datalength("asked") as "asked", datalength("state") as "state" from "tasks" where "tenant_id" = @1 and "parent_task_id" = @2 and "position" < @3 order by "position" desc;

select top(101) "position", datalength("asked") as "asked", datalength("state") as "state" from "tasks" where "tenant_id" = @1 and "requested_by" = @2 and "position" < @3 order by "position" desc;

select top(101) "position", datalength("asked") as "asked", datalength("state") as "state" from "tasks" where "tenant_id" = @1 and "status" in (@2, @3) and "position" < @4 order by "position" desc;

select top(101) "position", datalength("asked") as "asked", datalength("state") as "state" from "tasks" where "tenant_id" = @1 and "task_type" = @2 and "position" < @3 order by "position" desc;

select top(101) "position", datalength("asked") as "asked", datalength("state") as "state" from "tasks" where "tenant_id" = @1 and text_search like @2 escape '\' and "position" < @3 order by "position" desc;

select top(11) "position", datalength("asked") as "asked", datalength("state") as "state" from "tasks" where ("tenant_id" = @1 and "requested_by" = @2) and 1 = 1 and "position" < @3 order by "position" desc;

select top(11) "position", datalength("asked") as "asked", datalength("state") as "state" from "tasks" where ("tenant_id" = @1 and ("requested_by" = @2 or "agent_id" = @3)) and 1 = 1 and "position" < @4 order by "position" desc;

select top(11) "position", datalength("asked") as "asked", datalength("state") as "state" from "tasks" where 1 = 0 and 1 = 1 and "position" < @1 order by "position" desc;

select top(2) "position", datalength("asked") as "asked", datalength("state") as "state" from "tasks" where "tenant_id" = @1 and 1 = 1 and "position" < @2 order by "position" desc;

select top(4) "task_id", "position" from "tasks" where "tenant_id" = @1 and "parent_task_id" = @2 and "position" < @3 order by "position" desc;

select top(4) "task_id", "position" from "tasks" where ("tenant_id" = @1 and "requested_by" = @2) and "parent_task_id" = @3 and "position" < @4 order by "position" desc;

update "tasks" set "answer_to" = @1, "version" = @2 where "tenant_id" = @3 and "task_id" = @4 and "version" = @5;

update "tasks" set "status" = @1, "agent_id" = @2, "server_id" = @3, "version" = @4, "state" = @5 where "tenant_id" = @6 and "task_id" = @7 and "version" = @8;

update "tasks" set "status" = @1, "agent_id" = @2, "server_id" = @3, "version" = @4, "state" = @5, "is_open" = @6, "is_unwell" = @7, "answer_to" = @8 where "tenant_id" = @9 and "task_id" = @10 and "version" = @11;
