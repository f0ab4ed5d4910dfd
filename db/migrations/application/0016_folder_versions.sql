-- A folder's version, as documents have: with it somebody who changes what they have read is told when it has changed since.
ALTER TABLE app.folders ADD COLUMN version integer NOT NULL DEFAULT 1;
GRANT UPDATE (version) ON app.folders TO app_tenant;
