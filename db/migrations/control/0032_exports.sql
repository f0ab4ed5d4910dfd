-- Exports of everything of a tenant: how far each is, what it came to and until when it is kept. The files themselves are under the
-- tenant's key and prefix; here are ids, counts and times.
CREATE TABLE control.exports (
  tenant_id text NOT NULL REFERENCES control.tenants (tenant_id),
  export_id text NOT NULL CHECK (export_id ~ '^exp_[0-9A-HJKMNP-TV-Z]{26}$'),
  -- Of the offboarding that asked for it.
  operation_id text,
  requested_by text NOT NULL,
  state text NOT NULL DEFAULT 'REQUESTED' CHECK (state IN ('REQUESTED', 'RUNNING', 'READY', 'FAILED', 'EXPIRED')),
  -- Where the building goes on: everything before it is recorded in control.export_parts.
  cursor jsonb,
  -- Nothing could change while it was built.
  frozen boolean NOT NULL DEFAULT false,
  documents_expected bigint,
  bytes_expected bigint,
  documents bigint NOT NULL DEFAULT 0,
  unreadable bigint NOT NULL DEFAULT 0,
  document_bytes bigint NOT NULL DEFAULT 0,
  -- Of the whole archive.
  files bigint,
  bytes bigint,
  manifest_sha256 text CHECK (manifest_sha256 ~ '^[0-9a-f]{64}$'),
  -- The object that lists the archive's parts in their order.
  index_name text,
  -- The oldest version of the data key that a part is under.
  key_version integer,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  ready_at timestamptz,
  -- Null while it is kept without an end: for as long as the offboarding that asked for it.
  expires_at timestamptz,
  ended_at timestamptz,
  failure_code text,
  PRIMARY KEY (tenant_id, export_id),
  FOREIGN KEY (tenant_id, operation_id) REFERENCES control.operations (tenant_id, operation_id),
  CHECK (state <> 'READY' OR (ready_at IS NOT NULL AND index_name IS NOT NULL AND bytes IS NOT NULL AND manifest_sha256 IS NOT NULL)),
  CHECK ((state IN ('FAILED', 'EXPIRED')) = (ended_at IS NOT NULL)),
  CHECK ((state = 'FAILED') = (failure_code IS NOT NULL))
);
-- One at a time, and one for each offboarding.
CREATE UNIQUE INDEX exports_open ON control.exports (tenant_id) WHERE state IN ('REQUESTED', 'RUNNING');
CREATE UNIQUE INDEX exports_of_operation ON control.exports (tenant_id, operation_id) WHERE state IN ('REQUESTED', 'RUNNING', 'READY');
SELECT control.protect('control.exports');
CREATE POLICY portal_own ON control.exports FOR SELECT TO portal USING (tenant_id = control.current_tenant());
CREATE POLICY portal_asks ON control.exports FOR INSERT TO portal
  WITH CHECK (tenant_id = control.current_tenant() AND state = 'REQUESTED' AND operation_id IS NULL);
CREATE POLICY operator_reads ON control.exports FOR SELECT TO operator USING (true);
CREATE POLICY worker_own ON control.exports TO worker
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
GRANT SELECT, INSERT (tenant_id, export_id, requested_by) ON control.exports TO portal;
GRANT SELECT ON control.exports TO operator;
GRANT SELECT, INSERT (tenant_id, export_id, operation_id, requested_by), DELETE,
  UPDATE (state, cursor, frozen, documents_expected, bytes_expected, documents, unreadable, document_bytes, files, bytes, manifest_sha256, index_name,
    key_version, started_at, ready_at, expires_at, ended_at, failure_code) ON control.exports TO worker;

-- The objects that an archive is put together from, each by its section and number: written once, also when its page is built twice.
CREATE TABLE control.export_parts (
  tenant_id text NOT NULL,
  export_id text NOT NULL,
  section text NOT NULL CHECK (section ~ '^[a-z_]{1,40}$'),
  number integer NOT NULL CHECK (number >= 0),
  name text NOT NULL CHECK (name ~ '^[A-Za-z0-9_]{1,120}$'),
  bytes bigint NOT NULL CHECK (bytes >= 0),
  PRIMARY KEY (tenant_id, export_id, section, number),
  FOREIGN KEY (tenant_id, export_id) REFERENCES control.exports (tenant_id, export_id) ON DELETE CASCADE
);
SELECT control.protect('control.export_parts');
CREATE POLICY worker_own ON control.export_parts TO worker
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
GRANT SELECT, INSERT, DELETE ON control.export_parts TO worker;

-- Names and addresses of a tenant's people, sealed to the worker by the portal, which alone knows them: for the next export, then gone.
CREATE TABLE control.export_people (
  tenant_id text PRIMARY KEY REFERENCES control.tenants (tenant_id),
  sealed text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
SELECT control.protect('control.export_people');
REVOKE SELECT ON control.export_people FROM auditor;
GRANT SELECT (tenant_id, created_at) ON control.export_people TO auditor;
CREATE POLICY portal_own ON control.export_people TO portal
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
CREATE POLICY worker_own ON control.export_people TO worker
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
GRANT SELECT (tenant_id), INSERT (tenant_id, sealed), UPDATE (sealed, created_at) ON control.export_people TO portal;
GRANT SELECT, DELETE ON control.export_people TO worker;

-- An export is asked for through the same door, and is no operation.
ALTER TABLE control.commands ALTER COLUMN operation_id DROP NOT NULL;
ALTER TABLE control.commands ADD CONSTRAINT commands_operation CHECK ((operation_id IS NULL) = (kind = 'export-tenant'));
