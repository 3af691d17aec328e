delete from "conversations" where "conversations"."tenant_id" = @1 and "conversation_id" = @2;

delete from "conversations" where ("conversations"."tenant_id" = @1 and "conversations"."owner_id" = @2) and "conversation_id" = @3;

insert into "conversations" ("tenant_id", "conversation_id", "owner_id", "title", "title_search", "created_at", "updated_at", "message_count", "last_position", "highest_seq", "last_agent_id") values (@1, @2, @3, @4, @5, @6, @7, @8, (select max("messages"."position") as "position" from "messages" where "messages"."tenant_id" = @9 and "messages"."message_id" = @10), @11, @12);

select "c"."conversation_id" from "conversations" as "c" where "c"."tenant_id" = @1 and "c"."conversation_id" = @2 and exists (select "m"."position" from "messages" as "m" where "m"."tenant_id" = "c"."tenant_id" and "m"."conversation_id" = "c"."conversation_id" and ("m"."sender_id" = @3 or "m"."receiver_id" = @4));

select "c"."conversation_id" from "conversations" as "c" where ("c"."tenant_id" = @1 and "c"."owner_id" = @2) and "c"."conversation_id" = @3 and exists (select "m"."position" from "messages" as "m" where "m"."tenant_id" = "c"."tenant_id" and "m"."conversation_id" = "c"."conversation_id" and ("m"."sender_id" = @4 or "m"."receiver_id" = @5));

select "c"."conversation_id" from "conversations" as "c" where ("c"."tenant_id" = @1 and exists (select "m"."position" from "messages" as "m" where "m"."tenant_id" = "c"."tenant_id" and "m"."conversation_id" = "c"."conversation_id" and ("m"."sender_id" = @2 or "m"."receiver_id" = @3))) and "c"."conversation_id" = @4 and exists (select "m"."position" from "messages" as "m" where "m"."tenant_id" = "c"."tenant_id" and "m"."conversation_id" = "c"."conversation_id" and ("m"."sender_id" = @5 or "m"."receiver_id" = @6));

select "c"."conversation_id", "c"."title", "c"."created_at", "c"."updated_at", "c"."message_count", "c"."last_agent_id" from "conversations" as "c" where "c"."tenant_id" = @1 and "c"."conversation_id" = @2;

select "c"."conversation_id", "c"."title", "c"."created_at", "c"."updated_at", "c"."message_count", "c"."last_agent_id" from "conversations" as "c" where ("c"."tenant_id" = @1 and "c"."owner_id" = @2) and "c"."conversation_id" = @3;

select "c"."conversation_id", "c"."title", "c"."created_at", "c"."updated_at", "c"."message_count", "c"."last_agent_id" from "conversations" as "c" where ("c"."tenant_id" = @1 and exists (select "m"."position" from "messages" as "m" where "m"."tenant_id" = "c"."tenant_id" and "m"."conversation_id" = "c"."conversation_id" and ("m"."sender_id" = @2 or "m"."receiver_id" = @3))) and "c"."conversation_id" = @4;

select "c"."highest_seq" from "conversations" as "c" where "c"."tenant_id" = @1 and "c"."conversation_id" = @2;

select "c"."highest_seq" from "conversations" as "c" where ("c"."tenant_id" = @1 and "c"."owner_id" = @2) and "c"."conversation_id" = @3;

select "c"."highest_seq" from "conversations" as "c" where ("c"."tenant_id" = @1 and exists (select "m"."position" from "messages" as "m" where "m"."tenant_id" = "c"."tenant_id" and "m"."conversation_id" = "c"."conversation_id" and ("m"."sender_id" = @2 or "m"."receiver_id" = @3))) and "c"."conversation_id" = @4;

select "conversation_id" from "conversations" where "conversations"."tenant_id" = @1 and "conversation_id" = @2;

select "conversation_id" from "conversations" where ("conversations"."tenant_id" = @1 and "conversations"."owner_id" = @2) and "conversation_id" = @3;

select "owner_id" from "conversations" where "tenant_id" = @1 and "conversation_id" = @2;

select top(101) "c"."conversation_id", "c"."title", "c"."created_at", "c"."updated_at", "c"."message_count", "c"."last_agent_id", "c"."last_position" from "conversations" as "c" where ("c"."tenant_id" = @1 and "c"."owner_id" = @2) and "c"."last_position" < @3 order by "c"."last_position" desc;

select top(101) "c"."conversation_id", "c"."title", "c"."created_at", "c"."updated_at", "c"."message_count", "c"."last_agent_id", "c"."last_position" from "conversations" as "c" where ("c"."tenant_id" = @1 and exists (select "m"."position" from "messages" as "m" where "m"."tenant_id" = "c"."tenant_id" and "m"."conversation_id" = "c"."conversation_id" and ("m"."sender_id" = @2 or "m"."receiver_id" = @3))) and "c"."last_position" < @4 and (c.title_search like @5 escape '\' or exists (
    select 1 from messages m where m.tenant_id = c.tenant_id and m.conversation_id = c.conversation_id
    and m.text_search like @6 escape '\')) order by "c"."last_position" desc;

select top(101) "c"."conversation_id", "c"."title", "c"."created_at", "c"."updated_at", "c"."message_count", "c"."last_agent_id", "c"."last_position" from "conversations" as "c" where ("c"."tenant_id" = @1 and exists (select "m"."position" from "messages" as "m" where "m"."tenant_id" = "c"."tenant_id" and "m"."conversation_id" = "c"."conversation_id" and ("m"."sender_id" = @2 or "m"."receiver_id" = @3))) and "c"."last_position" < @4 order by "c"."last_position" desc;

select top(11) "c"."conversation_id", "c"."title", "c"."created_at", "c"."updated_at", "c"."message_count", "c"."last_agent_id", "c"."last_position" from "conversations" as "c" where "c"."tenant_id" = @1 and "c"."last_position" < @2 and (c.title_search like @3 escape '\' or exists (
    select 1 from messages m where m.tenant_id = c.tenant_id and m.conversation_id = c.conversation_id
    and m.text_search like @4 escape '\')) order by "c"."last_position" desc;

select top(11) "c"."conversation_id", "c"."title", "c"."created_at", "c"."updated_at", "c"."message_count", "c"."last_agent_id", "c"."last_position" from "conversations" as "c" where ("c"."tenant_id" = @1 and "c"."owner_id" = @2) and "c"."last_position" < @3 and (c.title_search like @4 escape '\' or exists (
    select 1 from messages m where m.tenant_id = c.tenant_id and m.conversation_id = c.conversation_id
    and m.text_search like @5 escape '\')) order by "c"."last_position" desc;

select top(2) "c"."conversation_id", "c"."title", "c"."created_at", "c"."updated_at", "c"."message_count", "c"."last_agent_id", "c"."last_position" from "conversations" as "c" where "c"."tenant_id" = @1 and "c"."last_position" < @2 order by "c"."last_position" desc;

update "conversations" set "title" = @1, "title_search" = @2 where "conversations"."tenant_id" = @3 and "conversation_id" = @4;

update "conversations" set "title" = @1, "title_search" = @2 where ("conversations"."tenant_id" = @3 and "conversations"."owner_id" = @4) and "conversation_id" = @5;

update "conversations" set "title" = case when "title" = @1 then @2 else "title" end, "title_search" = case when "title" = @3 then @4 else "title_search" end, "owner_id" = coalesce("owner_id", @5), "updated_at" = @6, "message_count" = "message_count" + @7, "last_position" = case when "last_position" < (select max("messages"."position") as "position" from "messages" where "messages"."tenant_id" = @8 and "messages"."message_id" = @9) then (select max("messages"."position") as "position" from "messages" where "messages"."tenant_id" = @10 and "messages"."message_id" = @11) else "last_position" end, "highest_seq" = case when "highest_seq" < @12 then @13 else "highest_seq" end, "last_agent_id" = coalesce(@14, "last_agent_id") where "tenant_id" = @15 and "conversation_id" = @16;
