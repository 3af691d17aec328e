delete from "frames" where "position" in (select top(500) "position" from "frames" where "tenant_id" = @1 and "at" < @2 order by "at");

delete from "frames" where "position" in (select top(500) "position" from "frames" where "tenant_id" = @1 and ("frontend_id" = @2 and "seq" <= @3) order by "seq");

insert into "frames" ("tenant_id", "frontend_id", "principal_id", "seq", "at", "body") values (@1, @2, @3, @4, @5, @6);

select max("seq") as "newest" from "frames" where "tenant_id" = @1 and "frontend_id" = @2;

select top(1) "seq", "body" from "frames" where "tenant_id" = @1 and "frontend_id" = @2 and "seq" > @3 order by "seq";

select top(20) "s"."frontend_id", (select min("f"."seq") as "oldest" from "frames" as "f" where "f"."tenant_id" = "s"."tenant_id" and "f"."frontend_id" = "s"."frontend_id") as "oldest", (select max("f"."seq") as "newest" from "frames" as "f" where "f"."tenant_id" = "s"."tenant_id" and "f"."frontend_id" = "s"."frontend_id") as "newest" from "sessions" as "s" where "s"."tenant_id" = @1 and "s"."frontend_id" > @2 order by "s"."frontend_id";

select top(9) "seq", "body" from "frames" where "tenant_id" = @1 and "frontend_id" = @2 and "seq" > @3 and exists (select "sessions"."frontend_id" from "sessions" where ("sessions"."tenant_id" = @4 and ("sessions"."principal_id" = @5 or "sessions"."frontend_id" = @6)) and "sessions"."frontend_id" = @7) order by "seq";
