-- As root, in the service's database, after its first migration and only where it has several regions; may run again.
SHOW REGIONS FROM DATABASE;
-- Every request reads them and hardly anything writes them. All other tables stay in the primary region.
ALTER TABLE sites SET LOCALITY GLOBAL;
ALTER TABLE meta SET LOCALITY GLOBAL;
