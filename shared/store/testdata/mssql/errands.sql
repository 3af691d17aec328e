delete from "errands" where "tenant_id" = @1 and "position" in (@2, @3);

insert into "errands" ("tenant_id", "principal_id", "server_id", "body") values (@1, @2, @3, @4);

select top(2) "position", "body" from "errands" where "tenant_id" = @1 and "server_id" = @2 order by "position";

update "errands" set "server_id" = @1 where "tenant_id" = @2 and "server_id" not in (@3, @4);
