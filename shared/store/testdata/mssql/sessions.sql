delete from "sessions" where "tenant_id" = @1 and "frontend_id" in (select top(500) "s"."frontend_id" from "sessions" as "s" where "s"."tenant_id" = @2 and "s"."last_seen" < @3 and not exists (select "f"."position" from "frames" as "f" where "f"."tenant_id" = "s"."tenant_id" and "f"."frontend_id" = "s"."frontend_id") order by "s"."frontend_id");

insert into "sessions" ("frontend_id", "frontend_name", "token_hash", "created_at", "last_seen", "reserved_seq", "server_id", "tenant_id", "principal_id") values (@1, @2, @3, @4, @5, @6, @7, @8, @9);

select "frontend_id" from "sessions" where (("tenant_id" = @1 and "frontend_id" = @2) or "token_hash" = @3);

select "frontend_id", "frontend_name", "token_hash", "created_at", "last_seen", "reserved_seq", "server_id" from "sessions" where "sessions"."tenant_id" = @1 and "frontend_id" = @2;

select "frontend_id", "frontend_name", "token_hash", "created_at", "last_seen", "reserved_seq", "server_id" from "sessions" where ("sessions"."tenant_id" = @1 and ("sessions"."principal_id" = @2 or "sessions"."frontend_id" = @3)) and "frontend_id" = @4;

select "frontend_id", "frontend_name", "token_hash", "created_at", "last_seen", "reserved_seq", "server_id", "tenant_id" from "sessions" where "token_hash" = @1;

update "sessions" set "last_seen" = @1 where "sessions"."tenant_id" = @2 and "frontend_id" = @3;

update "sessions" set "reserved_seq" = @1 where "sessions"."tenant_id" = @2 and "frontend_id" = @3 and "reserved_seq" < @4;

update "sessions" set "reserved_seq" = @1 where "sessions"."tenant_id" = @2 and "frontend_id" = @3 and "reserved_seq" > @4;

update "sessions" set "server_id" = @1 where "sessions"."tenant_id" = @2 and "frontend_id" = @3 and "server_id" = @4;

update "sessions" set "server_id" = @1 where "sessions"."tenant_id" = @2 and "frontend_id" = @3 and "server_id" is null;
