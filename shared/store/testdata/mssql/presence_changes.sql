delete from "presence_changes" where "position" in (select top(500) "position" from "presence_changes" where "tenant_id" = @1 and "at" < @2 order by "at");

delete from "presence_changes" where "position" in (select top(500) "position" from "presence_changes" where "tenant_id" = @1 and "peer_id" = @2 and "position" < @3 order by "position");

insert into "presence_changes" ("tenant_id", "principal_id", "peer_id", "kind", "at", "status", "is_online", "reason") values (@1, @2, @3, @4, @5, @6, @7, @8);

select min("kept"."position") as "oldest" from (select top(2) "position" from "presence_changes" where "tenant_id" = @1 and "peer_id" = @2 order by "position" desc) as "kept";

select top(1) "peer_id" from "presence_changes" where "tenant_id" = @1 and "peer_id" > @2 order by "peer_id";

select top(1) "peer_id", "kind", "at", "status", "is_online", "reason", "position" from "presence_changes" where "tenant_id" = @1 and "peer_id" = @2 and "at" < @3 order by "position" desc;

select top(101) "peer_id", "kind", "at", "status", "is_online", "reason", "position" from "presence_changes" where "tenant_id" = @1 and "peer_id" = @2 and "position" < @3 and "at" < @4 order by "position" desc;

select top(101) "peer_id", "kind", "at", "status", "is_online", "reason", "position" from "presence_changes" where "tenant_id" = @1 and "peer_id" = @2 and "position" < @3 and "at" >= @4 and "at" < @5 order by "position" desc;

select top(101) "peer_id", "kind", "at", "status", "is_online", "reason", "position" from "presence_changes" where "tenant_id" = @1 and "peer_id" = @2 and "position" < @3 and "at" >= @4 order by "position" desc;

select top(4) "peer_id", "kind", "at", "status", "is_online", "reason", "position" from "presence_changes" where "tenant_id" = @1 and "peer_id" = @2 and "position" < @3 order by "position" desc;
