delete from "peers" where "tenant_id" = @1 and "id" = @2;

insert into "peers" ("tenant_id", "id", "principal_id", "last_seen", "status", "body") values (@1, @2, @3, @4, @5, @6);

select "body", "last_seen", "status" from "peers" where "tenant_id" = @1 and "id" like @2 order by "id";

select "body", "last_seen", "status" from "peers" where "tenant_id" = @1 order by "id";

update "peers" set "last_seen" = @1, "status" = @2 where "tenant_id" = @3 and "id" = @4;

update "peers" set "principal_id" = @1, "last_seen" = @2, "status" = @3, "body" = @4 where "tenant_id" = @5 and "id" = @6;
