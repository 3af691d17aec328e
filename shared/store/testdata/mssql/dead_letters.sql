delete from "dead_letters" where "tenant_id" = @1 and "id" = @2;

insert into "dead_letters" ("tenant_id", "principal_id", "id", "queue", "body", "code", "reason", "at") values (@1, @2, @3, @4, @5, @6, @7, @8);

select "id", "queue", "body", "code", "reason", "at" from "dead_letters" where "tenant_id" = @1 and "id" = @2;

select top(4) "id", "queue", "body", "code", "reason", "at", "position" from "dead_letters" where "tenant_id" = @1 and "position" < @2 order by "position" desc;
