-- Run as root. repartee_migrate owns the database; repartee, the service's user, may only read and write rows.
CREATE USER IF NOT EXISTS repartee_migrate;
CREATE USER IF NOT EXISTS repartee;
CREATE DATABASE IF NOT EXISTS repartee;
ALTER DATABASE repartee OWNER TO repartee_migrate;
GRANT CONNECT ON DATABASE repartee TO repartee;
USE defaultdb;
REVOKE CREATE ON SCHEMA public FROM public;
USE postgres;
REVOKE CREATE ON SCHEMA public FROM public;
USE repartee;
REVOKE CREATE ON SCHEMA public FROM public;
GRANT USAGE, CREATE ON SCHEMA public TO repartee_migrate;
GRANT USAGE ON SCHEMA public TO repartee;
