-- What is in use stands beside the limit, so that one statement checks and takes: two uploads at once cannot both have
-- the last place. An upload takes its place before its first byte and gives back what it did not need.
ALTER TABLE app.tenant_limits
  ADD COLUMN documents bigint NOT NULL DEFAULT 0 CHECK (documents >= 0),
  ADD COLUMN stored_bytes bigint NOT NULL DEFAULT 0 CHECK (stored_bytes >= 0);
GRANT UPDATE (documents, stored_bytes) ON app.tenant_limits TO app_tenant;

-- DELETING: gone for everybody, its body still to be removed; a removal that was cut short is carried on from here.
ALTER TABLE app.documents DROP CONSTRAINT documents_state_check;
ALTER TABLE app.documents ADD CONSTRAINT documents_state_check CHECK (state IN ('UPLOADING', 'STORED', 'DELETING'));

CREATE UNIQUE INDEX documents_name ON app.documents (tenant_id, folder_id, name_hmac) NULLS NOT DISTINCT WHERE state <> 'DELETING';
CREATE INDEX documents_unfinished ON app.documents (tenant_id, updated_at) WHERE state <> 'STORED';
