delete from "dead_letters" where "tenant_id" = @1 and "id" = @2;

insert into "dead_letters" ("tenant_id", "principal_id", "id", "queue", "body", "code", "reason", "at", "text_search") values (@1, @2, @3, @4, @5, @6, @7, @8, @9);

select "id", "queue", "body", "code", "reason", "at" from "dead_letters" where "tenant_id" = @1 and "id" = @2;

select top(11) "id", "queue", "body", "code", "reason", "at", "position" from "dead_letters" where "tenant_id" = @1 and "queue" = @2 and "position" < @3 order by "position" desc;

select top(11) "id", "queue", "body", "code", "reason", "at", "position" from "dead_letters" where "tenant_id" = @1 and coalesce(text_search, lower(concat(id, ' ', code, ' ', reason, ' ', body)))
    like @2 escape '\' and "position" < @3 order by "position" desc;

select top(2) "id", "queue", "body", "code", "reason", "at", "position" from "dead_letters" where "tenant_id" = @1 and ("queue" = @2 and coalesce(text_search, lower(concat(id, ' ', code, ' ', reason, ' ', body)))
    like @3 escape '\') and "position" < @4 order by "position" desc;

select top(4) "id", "queue", "body", "code", "reason", "at", "position" from "dead_letters" where "tenant_id" = @1 and 1 = 1 and "position" < @2 order by "position" desc;
