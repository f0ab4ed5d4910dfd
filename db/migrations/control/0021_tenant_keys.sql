-- Work on a tenant's keys stands in nobody's way but that of what makes, moves, restores or removes the tenant.
INSERT INTO control.operation_exclusions (open_kind, requested_kind) VALUES
  ('keys', 'keys'),
  ('keys', 'onboarding'), ('onboarding', 'keys'),
  ('keys', 'offboarding'), ('offboarding', 'keys'),
  ('keys', 'placement'), ('placement', 'keys'),
  ('keys', 'restore'), ('restore', 'keys');

-- Whose KMS key a tenant is under and whether it opens, as last seen. A tenant without a row is under the platform's key, at
-- its first data key. ARNs, versions and times only.
CREATE TABLE control.tenant_keys (
  tenant_id text PRIMARY KEY REFERENCES control.tenants (tenant_id),
  custody text NOT NULL DEFAULT 'platform' CHECK (custody IN ('platform', 'customer')),
  key_arn text,
  state text NOT NULL DEFAULT 'USABLE' CHECK (state IN ('USABLE', 'CLOSED')),
  -- Why it is closed: what KMS answered, as a word of ours.
  closed_by text,
  state_since timestamptz NOT NULL DEFAULT now(),
  checked_at timestamptz,
  data_version integer NOT NULL DEFAULT 1 CHECK (data_version > 0),
  rotated_at timestamptz,
  changed_at timestamptz,
  -- The last trial of a customer's key: which, when, and every permission that it lacks.
  trial jsonb,
  CHECK ((state = 'CLOSED') = (closed_by IS NOT NULL))
);
SELECT control.protect('control.tenant_keys');
CREATE POLICY portal_own ON control.tenant_keys FOR SELECT TO portal USING (tenant_id = control.current_tenant());
CREATE POLICY operator_reads ON control.tenant_keys FOR SELECT TO operator USING (true);
CREATE POLICY worker_own ON control.tenant_keys TO worker
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
-- The worker looks at every customer's key: see the register of exceptions in docs/security.md.
CREATE POLICY worker_watches ON control.tenant_keys FOR SELECT TO worker USING (custody = 'customer');
GRANT SELECT ON control.tenant_keys TO portal, operator;
GRANT SELECT, INSERT, UPDATE ON control.tenant_keys TO worker;
