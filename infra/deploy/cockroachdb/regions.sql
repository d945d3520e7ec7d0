-- Run as root in the service's database, after the first migration and only with several regions. May be repeated.
SHOW REGIONS FROM DATABASE;
-- Every request reads these tables, and they rarely change. All other tables stay in the primary region.
ALTER TABLE sites SET LOCALITY GLOBAL;
ALTER TABLE meta SET LOCALITY GLOBAL;
