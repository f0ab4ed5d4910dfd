-- Names are ciphertext under the tenant's key. A name is unique by its HMAC, found by the HMACs of its trigrams.
CREATE TABLE app.folders (
  tenant_id text NOT NULL,
  folder_id text NOT NULL CHECK (folder_id LIKE 'fld\_%'),
  -- Empty at the top.
  parent_id text,
  name_cipher bytea NOT NULL,
  name_hmac bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  PRIMARY KEY (tenant_id, folder_id),
  UNIQUE NULLS NOT DISTINCT (tenant_id, parent_id, name_hmac),
  FOREIGN KEY (tenant_id, parent_id) REFERENCES app.folders (tenant_id, folder_id) DEFERRABLE INITIALLY IMMEDIATE
) PARTITION BY HASH (tenant_id);

CREATE TABLE app.documents (
  tenant_id text NOT NULL,
  document_id text NOT NULL CHECK (document_id LIKE 'doc\_%'),
  folder_id text,
  name_cipher bytea NOT NULL,
  name_hmac bytea NOT NULL,
  content_type_cipher bytea NOT NULL,
  size_bytes bigint NOT NULL DEFAULT 0 CHECK (size_bytes >= 0),
  object_key text NOT NULL,
  -- Version of the data key that the body is under.
  key_version integer NOT NULL,
  state text NOT NULL DEFAULT 'UPLOADING' CHECK (state IN ('UPLOADING', 'STORED')),
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (tenant_id, document_id),
  FOREIGN KEY (tenant_id, folder_id) REFERENCES app.folders (tenant_id, folder_id) DEFERRABLE INITIALLY IMMEDIATE
) PARTITION BY HASH (tenant_id);
CREATE INDEX documents_by_folder ON app.documents (tenant_id, folder_id, document_id);

-- A b-tree of HMACs, because the operators of text search are not leakproof and so not used under row-level security.
CREATE TABLE app.document_grams (
  tenant_id text NOT NULL,
  gram bigint NOT NULL,
  document_id text NOT NULL,
  PRIMARY KEY (tenant_id, gram, document_id),
  FOREIGN KEY (tenant_id, document_id) REFERENCES app.documents (tenant_id, document_id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE
) PARTITION BY HASH (tenant_id);
CREATE INDEX document_grams_by_document ON app.document_grams (tenant_id, document_id);

-- Who did what in the application plane. Rows are added, never changed.
CREATE TABLE app.audit (
  tenant_id text NOT NULL,
  audit_id text NOT NULL CHECK (audit_id LIKE 'aud\_%'),
  actor text NOT NULL,
  action text NOT NULL,
  target text NOT NULL,
  details jsonb NOT NULL DEFAULT '{}',
  request_id text NOT NULL,
  operation_id text,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, audit_id)
) PARTITION BY HASH (tenant_id);
CREATE INDEX audit_by_time ON app.audit (tenant_id, created_at DESC, audit_id DESC);

DO $$
DECLARE target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['app.folders', 'app.documents', 'app.document_grams', 'app.audit'] LOOP
    PERFORM app.protect(target::regclass);
    PERFORM app.partition(target::regclass);
  END LOOP;
END $$;

GRANT INSERT, UPDATE (parent_id, name_cipher, name_hmac), DELETE ON app.folders TO app_tenant;
GRANT INSERT, UPDATE (folder_id, name_cipher, name_hmac, content_type_cipher, size_bytes, object_key, key_version, state, updated_at, version),
  DELETE ON app.documents TO app_tenant;
GRANT INSERT, DELETE ON app.document_grams TO app_tenant;
GRANT INSERT ON app.audit TO app_tenant, worker;
-- First rows of an onboarding, and their undo.
GRANT INSERT, DELETE ON app.folders, app.documents, app.document_grams TO worker;
