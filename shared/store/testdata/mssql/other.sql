declare @held int;
    exec @held = sp_getapplock @Resource = @1, @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = 10000;
    if @held = -3 throw 51205, 'Two servers wait for each other.', 1;
    if @held < 0 throw 51222, 'Another server takes too long.', 1;

select 1;

select schema_name() as name;
