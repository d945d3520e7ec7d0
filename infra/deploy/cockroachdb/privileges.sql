-- Run as repartee_migrate before the first migration: privileges of the service's user on every future table.
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO repartee;
