delete from "messages" where "position" in (select top(500) "position" from "messages" where "tenant_id" = @1 and "conversation_id" = @2 order by "position");

delete from "messages" where "tenant_id" = @1 and "conversation_id" = @2;

insert into "messages" ("tenant_id", "message_id", "conversation_id", "principal_id", "sender_id", "receiver_id", "message_type", "state", "seq", "accepted_at", "text_search", "body") select @1 as "tenant_id", @2 as "message_id", @3 as "conversation_id", @4 as "principal_id", @5 as "sender_id", @6 as "receiver_id", @7 as "message_type", @8 as "state", @9 as "seq", @10 as "accepted_at", @11 as "text_search", @12 as "body" where not exists (select "tenant_id" from "messages" where "tenant_id" = @13 and "message_id" = @14);

select "m"."body", "m"."state", "m"."position", "m"."accepted_at", "m"."receiver_id", "m"."routing_status", "m"."code", "m"."error_details" from "messages" as "m" where "m"."tenant_id" = @1 and "m"."message_id" = @2;

select "m"."body", "m"."state", "m"."position", "m"."accepted_at", "m"."receiver_id", "m"."routing_status", "m"."code", "m"."error_details" from "messages" as "m" where "m"."tenant_id" = @1 and exists (select "c"."conversation_id" from "conversations" as "c" where ("c"."tenant_id" = @2 and "c"."owner_id" = @3) and "c"."conversation_id" = "m"."conversation_id") and "m"."message_id" = @4;

select "m"."body", "m"."state", "m"."position", "m"."accepted_at", "m"."receiver_id", "m"."routing_status", "m"."code", "m"."error_details" from "messages" as "m" where "m"."tenant_id" = @1 and exists (select "c"."conversation_id" from "conversations" as "c" where ("c"."tenant_id" = @2 and exists (select "m"."position" from "messages" as "m" where "m"."tenant_id" = "c"."tenant_id" and "m"."conversation_id" = "c"."conversation_id" and ("m"."sender_id" = @3 or "m"."receiver_id" = @4))) and "c"."conversation_id" = "m"."conversation_id") and "m"."message_id" = @5;

select "position" from "messages" where "tenant_id" = @1 and "message_id" = @2;

select count(*) as "count" from "messages" as "m" where "m"."tenant_id" = @1 and "m"."state" = @2;

select count(*) as "count" from "messages" as "m" where "m"."tenant_id" = @1 and "m"."state" = @2 and m.state in ('accepted', 'published', 'waiting');

select count(*) as "count" from "messages" as "m" where "m"."tenant_id" = @1 and exists (select "c"."conversation_id" from "conversations" as "c" where ("c"."tenant_id" = @2 and "c"."owner_id" = @3) and "c"."conversation_id" = "m"."conversation_id") and "m"."state" = @4 and m.state in ('accepted', 'published', 'waiting');

select count(*) as "count" from "messages" as "m" where "m"."tenant_id" = @1 and exists (select "c"."conversation_id" from "conversations" as "c" where ("c"."tenant_id" = @2 and exists (select "m"."position" from "messages" as "m" where "m"."tenant_id" = "c"."tenant_id" and "m"."conversation_id" = "c"."conversation_id" and ("m"."sender_id" = @3 or "m"."receiver_id" = @4))) and "c"."conversation_id" = "m"."conversation_id") and "m"."state" = @5 and m.state in ('accepted', 'published', 'waiting');

select distinct "m"."receiver_id" from "messages" as "m" where "m"."tenant_id" = @1 and "m"."state" = @2 and m.state in ('accepted', 'published', 'waiting');

select top(10) "m"."body", "m"."state", "m"."position", "m"."accepted_at", "m"."receiver_id", "m"."routing_status", "m"."code", "m"."error_details" from "messages" as "m" where "m"."tenant_id" = @1 and "m"."state" = @2 and m.state in ('accepted', 'published', 'waiting') and "m"."accepted_at" < @3 order by "m"."position";

select top(10) "m"."body", "m"."state", "m"."position", "m"."accepted_at", "m"."receiver_id", "m"."routing_status", "m"."code", "m"."error_details" from "messages" as "m" where "m"."tenant_id" = @1 and "m"."state" = @2 and m.state in ('accepted', 'published', 'waiting') and "m"."receiver_id" = @3 order by "m"."position";

select top(100) "m"."body", "m"."state", "m"."position", "m"."accepted_at", "m"."receiver_id", "m"."routing_status", "m"."code", "m"."error_details" from "messages" as "m" where "m"."tenant_id" = @1 and exists (select "c"."conversation_id" from "conversations" as "c" where ("c"."tenant_id" = @2 and "c"."owner_id" = @3) and "c"."conversation_id" = "m"."conversation_id") and "m"."state" = @4 and m.state in ('accepted', 'published', 'waiting') order by "m"."position";

select top(100) "m"."body", "m"."state", "m"."position", "m"."accepted_at", "m"."receiver_id", "m"."routing_status", "m"."code", "m"."error_details" from "messages" as "m" where "m"."tenant_id" = @1 and exists (select "c"."conversation_id" from "conversations" as "c" where ("c"."tenant_id" = @2 and exists (select "m"."position" from "messages" as "m" where "m"."tenant_id" = "c"."tenant_id" and "m"."conversation_id" = "c"."conversation_id" and ("m"."sender_id" = @3 or "m"."receiver_id" = @4))) and "c"."conversation_id" = "m"."conversation_id") and "m"."state" = @5 and m.state in ('accepted', 'published', 'waiting') order by "m"."position";

select top(101) "m"."body", "m"."state", "m"."position", "m"."accepted_at", "m"."receiver_id", "m"."routing_status", "m"."code", "m"."error_details" from "messages" as "m" where "m"."tenant_id" = @1 and exists (select "c"."conversation_id" from "conversations" as "c" where ("c"."tenant_id" = @2 and "c"."owner_id" = @3) and "c"."conversation_id" = "m"."conversation_id") and "m"."conversation_id" in (select "own"."conversation_id" from "conversations" as "own" where "own"."tenant_id" = @4 and "own"."owner_id" = @5) and coalesce("m"."receiver_id", '') = @6 and "m"."position" < @7 order by "m"."position" desc;

select top(101) "m"."body", "m"."state", "m"."position", "m"."accepted_at", "m"."receiver_id", "m"."routing_status", "m"."code", "m"."error_details" from "messages" as "m" where "m"."tenant_id" = @1 and exists (select "c"."conversation_id" from "conversations" as "c" where ("c"."tenant_id" = @2 and "c"."owner_id" = @3) and "c"."conversation_id" = "m"."conversation_id") and "m"."conversation_id" in (select "own"."conversation_id" from "conversations" as "own" where "own"."tenant_id" = @4 and "own"."owner_id" = @5) and coalesce("m"."sender_id", '') = @6 and "m"."position" < @7 order by "m"."position" desc;

select top(101) "m"."body", "m"."state", "m"."position", "m"."accepted_at", "m"."receiver_id", "m"."routing_status", "m"."code", "m"."error_details" from "messages" as "m" where "m"."tenant_id" = @1 and exists (select "c"."conversation_id" from "conversations" as "c" where ("c"."tenant_id" = @2 and exists (select "m"."position" from "messages" as "m" where "m"."tenant_id" = "c"."tenant_id" and "m"."conversation_id" = "c"."conversation_id" and ("m"."sender_id" = @3 or "m"."receiver_id" = @4))) and "c"."conversation_id" = "m"."conversation_id") and "m"."conversation_id" = @5 and "m"."position" < @6 order by "m"."position" desc;

select top(101) "m"."body", "m"."state", "m"."position", "m"."accepted_at", "m"."receiver_id", "m"."routing_status", "m"."code", "m"."error_details" from "messages" as "m" where "m"."tenant_id" = @1 and exists (select "c"."conversation_id" from "conversations" as "c" where ("c"."tenant_id" = @2 and exists (select "m"."position" from "messages" as "m" where "m"."tenant_id" = "c"."tenant_id" and "m"."conversation_id" = "c"."conversation_id" and ("m"."sender_id" = @3 or "m"."receiver_id" = @4))) and "c"."conversation_id" = "m"."conversation_id") and "m"."receiver_id" = @5 and "m"."position" < @6 order by "m"."position" desc;

select top(101) "m"."body", "m"."state", "m"."position", "m"."accepted_at", "m"."receiver_id", "m"."routing_status", "m"."code", "m"."error_details" from "messages" as "m" where "m"."tenant_id" = @1 and exists (select "c"."conversation_id" from "conversations" as "c" where ("c"."tenant_id" = @2 and exists (select "m"."position" from "messages" as "m" where "m"."tenant_id" = "c"."tenant_id" and "m"."conversation_id" = "c"."conversation_id" and ("m"."sender_id" = @3 or "m"."receiver_id" = @4))) and "c"."conversation_id" = "m"."conversation_id") and "m"."sender_id" = @5 and "m"."position" < @6 order by "m"."position" desc;

select top(11) "m"."body", "m"."state", "m"."position", "m"."accepted_at", "m"."receiver_id", "m"."routing_status", "m"."code", "m"."error_details" from "messages" as "m" where "m"."tenant_id" = @1 and exists (select "c"."conversation_id" from "conversations" as "c" where ("c"."tenant_id" = @2 and "c"."owner_id" = @3) and "c"."conversation_id" = "m"."conversation_id") and "m"."conversation_id" = @4 and "m"."position" < @5 order by "m"."position" desc;

select top(2) "m"."body", "m"."state", "m"."position", "m"."accepted_at", "m"."receiver_id", "m"."routing_status", "m"."code", "m"."error_details" from "messages" as "m" where "m"."tenant_id" = @1 and "m"."conversation_id" = @2 and "m"."position" < @3 order by "m"."position" desc;

select top(2) "m"."body", "m"."state", "m"."position", "m"."accepted_at", "m"."receiver_id", "m"."routing_status", "m"."code", "m"."error_details" from "messages" as "m" where "m"."tenant_id" = @1 and "m"."receiver_id" = @2 and "m"."position" < @3 order by "m"."position" desc;

select top(2) "m"."body", "m"."state", "m"."position", "m"."accepted_at", "m"."receiver_id", "m"."routing_status", "m"."code", "m"."error_details" from "messages" as "m" where "m"."tenant_id" = @1 and "m"."sender_id" = @2 and "m"."position" < @3 order by "m"."position" desc;

select top(2) "m"."body", "m"."state", "m"."position", "m"."accepted_at", "m"."receiver_id", "m"."routing_status", "m"."code", "m"."error_details" from "messages" as "m" where "m"."tenant_id" = @1 and "m"."state" = @2 and m.state in ('accepted', 'published', 'waiting') order by "m"."position";

update "messages" set "state" = coalesce(@1, "state"), "receiver_id" = coalesce(@2, "receiver_id"), "routing_status" = coalesce(@3, "routing_status"), "code" = nullif(coalesce(@4, "code"), ''), "error_details" = nullif(coalesce(@5, "error_details"), '') where "tenant_id" = @6 and "message_id" = @7 and "state" = coalesce(@8, "state");
