select "name" from "parley_migrations" order by "name";
