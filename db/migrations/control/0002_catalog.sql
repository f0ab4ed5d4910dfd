CREATE TABLE control.tenant_transitions (
  from_state text NOT NULL,
  to_state text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
INSERT INTO control.tenant_transitions VALUES
  ('PROVISIONING', 'ACTIVE'), ('PROVISIONING', 'FAILED'),
  ('ACTIVE', 'SUSPENDED'), ('ACTIVE', 'MOVING'), ('ACTIVE', 'CLOSING'),
  ('SUSPENDED', 'ACTIVE'), ('SUSPENDED', 'CLOSING'),
  ('MOVING', 'ACTIVE'),
  ('CLOSING', 'ACTIVE'), ('CLOSING', 'SHREDDING'),
  ('SHREDDING', 'CLOSED');
GRANT SELECT ON control.tenant_transitions TO portal, operator, worker, auditor;

CREATE TABLE control.tenants (
  tenant_id text PRIMARY KEY CHECK (tenant_id ~ '^tnt_[0-9A-HJKMNP-TV-Z]{26}$'),
  slug text NOT NULL,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
  plan text NOT NULL,
  region text NOT NULL,
  state text NOT NULL DEFAULT 'PROVISIONING',
  -- The operation that holds the tenant's exclusion; changed by compare-and-set only.
  current_operation text,
  placement jsonb,
  limits jsonb,
  versions jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  activated_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX tenants_slug_live ON control.tenants (slug) WHERE state NOT IN ('FAILED', 'CLOSED');
CREATE INDEX tenants_created ON control.tenants (created_at DESC, tenant_id);
SELECT control.protect('control.tenants');
CREATE POLICY portal_own ON control.tenants FOR SELECT TO portal USING (tenant_id = control.current_tenant());
CREATE POLICY portal_creates ON control.tenants FOR INSERT TO portal
  WITH CHECK (tenant_id = control.current_tenant() AND state = 'PROVISIONING');
CREATE POLICY portal_renames ON control.tenants FOR UPDATE TO portal
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
CREATE POLICY operator_reads ON control.tenants FOR SELECT TO operator USING (true);
CREATE POLICY operator_creates ON control.tenants FOR INSERT TO operator
  WITH CHECK (tenant_id = control.current_tenant() AND state = 'PROVISIONING');
CREATE POLICY worker_own ON control.tenants TO worker
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
GRANT SELECT, INSERT (tenant_id, slug, name, plan, region, current_operation), UPDATE (name, updated_at) ON control.tenants TO portal;
GRANT SELECT, INSERT (tenant_id, slug, name, plan, region, current_operation) ON control.tenants TO operator;
GRANT SELECT, UPDATE (state, current_operation, placement, limits, versions, activated_at, updated_at) ON control.tenants TO worker;

-- The public register of addresses: whether one is taken is for everybody to see, by whom is not.
CREATE TABLE control.slugs (
  slug text PRIMARY KEY CHECK (slug ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' AND length(slug) BETWEEN 3 AND 40),
  tenant_id text NOT NULL UNIQUE,
  -- A reservation ends by itself; a tenant's slug has no end.
  reserved_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
SELECT control.protect('control.slugs');
CREATE POLICY public_reads ON control.slugs FOR SELECT TO portal, operator, worker USING (true);
CREATE POLICY reserve ON control.slugs FOR INSERT TO portal, operator WITH CHECK (tenant_id = control.current_tenant());
CREATE POLICY confirm ON control.slugs FOR UPDATE TO portal USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
CREATE POLICY release_expired ON control.slugs FOR DELETE TO portal, operator USING (reserved_until < now());
CREATE POLICY release_own ON control.slugs FOR DELETE TO worker USING (tenant_id = control.current_tenant());
GRANT SELECT, INSERT, UPDATE (reserved_until), DELETE ON control.slugs TO portal;
GRANT SELECT, INSERT, DELETE ON control.slugs TO operator;
GRANT SELECT, DELETE ON control.slugs TO worker;

-- A sign-up that has no account yet. Its address and password hash are in the identity schema, under another role.
CREATE TABLE control.sign_ups (
  sign_up_id text PRIMARY KEY CHECK (sign_up_id LIKE 'sup\_%'),
  idempotency_key text NOT NULL UNIQUE,
  body_hash text NOT NULL,
  capability_hash text NOT NULL UNIQUE,
  tenant_id text NOT NULL UNIQUE,
  slug text NOT NULL,
  organization_name text NOT NULL CHECK (length(organization_name) BETWEEN 1 AND 120),
  plan text NOT NULL,
  region text NOT NULL,
  state text NOT NULL DEFAULT 'PENDING_VERIFICATION' CHECK (state IN ('PENDING_VERIFICATION', 'VERIFIED', 'EXPIRED')),
  operation_id text,
  user_id text,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  verified_at timestamptz,
  CHECK ((state = 'VERIFIED') = (operation_id IS NOT NULL AND user_id IS NOT NULL AND verified_at IS NOT NULL))
);
SELECT control.protect('control.sign_ups');
-- Seen by whoever holds the capability, or by the transaction that names its tenant.
CREATE POLICY portal_holder ON control.sign_ups FOR SELECT TO portal
  USING (capability_hash = control.current_capability() OR tenant_id = control.current_tenant());
CREATE POLICY portal_requests ON control.sign_ups FOR INSERT TO portal WITH CHECK (tenant_id = control.current_tenant() AND state = 'PENDING_VERIFICATION');
CREATE POLICY portal_verifies ON control.sign_ups FOR UPDATE TO portal
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
GRANT SELECT, INSERT, UPDATE (state, operation_id, user_id, verified_at) ON control.sign_ups TO portal;
-- The idempotency key is looked up before the tenant is known; the row itself stays behind the policies.
CREATE POLICY operator_reads ON control.sign_ups FOR SELECT TO operator USING (true);
GRANT SELECT (sign_up_id, tenant_id, slug, organization_name, plan, region, state, operation_id, created_at, expires_at, verified_at) ON control.sign_ups TO operator;

-- Everything that was created for a tenant outside its rows: intended first, then made, at last released.
CREATE TABLE control.resources (
  tenant_id text NOT NULL REFERENCES control.tenants (tenant_id),
  kind text NOT NULL,
  name text NOT NULL,
  operation_id text NOT NULL,
  ref text,
  state text NOT NULL DEFAULT 'INTENDED' CHECK (state IN ('INTENDED', 'MADE', 'RELEASED')),
  intended_at timestamptz NOT NULL DEFAULT now(),
  made_at timestamptz,
  released_at timestamptz,
  PRIMARY KEY (tenant_id, kind, name)
);
SELECT control.protect('control.resources');
CREATE POLICY operator_reads ON control.resources FOR SELECT TO operator USING (true);
CREATE POLICY worker_own ON control.resources TO worker
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
GRANT SELECT ON control.resources TO operator;
GRANT SELECT, INSERT, UPDATE ON control.resources TO worker;

-- The state machine and the gate before ACTIVE hold whatever code runs.
CREATE FUNCTION control.guard_tenant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.updated_at := now();
  IF NEW.state IS DISTINCT FROM OLD.state THEN
    IF NOT EXISTS (SELECT FROM control.tenant_transitions t WHERE t.from_state = OLD.state AND t.to_state = NEW.state) THEN
      RAISE EXCEPTION 'tenant % cannot go from % to %', NEW.tenant_id, OLD.state, NEW.state USING ERRCODE = 'LH001';
    END IF;
    IF OLD.state = 'PROVISIONING' AND NEW.state = 'ACTIVE' THEN
      IF NEW.placement IS NULL OR NEW.limits IS NULL OR NOT EXISTS (
        SELECT FROM control.operation_steps s WHERE s.tenant_id = NEW.tenant_id AND s.operation_id = OLD.current_operation
      ) OR EXISTS (
        SELECT FROM control.operation_steps s
        WHERE s.tenant_id = NEW.tenant_id AND s.operation_id = OLD.current_operation
          AND s.step <> 'activate' AND s.state NOT IN ('SUCCEEDED', 'SKIPPED')
      ) THEN
        RAISE EXCEPTION 'tenant % is not whole: a step of its onboarding has not succeeded', NEW.tenant_id USING ERRCODE = 'LH002';
      END IF;
    END IF;
  END IF;
  IF OLD.current_operation IS NOT NULL AND NEW.current_operation IS NOT NULL AND NEW.current_operation <> OLD.current_operation THEN
    RAISE EXCEPTION 'tenant % is held by operation %', NEW.tenant_id, OLD.current_operation USING ERRCODE = 'LH003';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE ON control.tenants FOR EACH ROW EXECUTE FUNCTION control.guard_tenant();
