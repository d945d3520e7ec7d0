-- As repartee_migrate, before its first table: what the service's user may do in every table to come.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO repartee;
