CREATE TABLE control.members (
  tenant_id text NOT NULL REFERENCES control.tenants (tenant_id),
  user_id text NOT NULL,
  role text NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  -- The operation that made the first administrator, for its undo; empty for people who were invited.
  operation_id text,
  invited_by text,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, user_id)
);
CREATE INDEX members_by_user ON control.members (user_id, tenant_id);
SELECT control.protect('control.members');
CREATE POLICY portal_own ON control.members TO portal
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
CREATE POLICY portal_self ON control.members FOR SELECT TO portal USING (user_id = control.current_user_id());
CREATE POLICY operator_reads ON control.members FOR SELECT TO operator USING (true);
CREATE POLICY worker_own ON control.members TO worker
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
GRANT SELECT, INSERT (tenant_id, user_id, role, invited_by), UPDATE (role), DELETE ON control.members TO portal;
GRANT SELECT ON control.members TO operator;
GRANT SELECT, INSERT, DELETE ON control.members TO worker;
-- Before a person has chosen a workspace, the ones that they belong to.
CREATE POLICY portal_member ON control.tenants FOR SELECT TO portal
  USING (control.current_tenant() IS NULL AND tenant_id IN (SELECT m.tenant_id FROM control.members m WHERE m.user_id = control.current_user_id()));

-- A tenant that people use keeps at least one owner, also against two removals at once.
CREATE FUNCTION control.guard_last_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.role = 'owner' AND (TG_OP = 'DELETE' OR NEW.role <> 'owner') THEN
    PERFORM FROM control.tenants t WHERE t.tenant_id = OLD.tenant_id AND t.state IN ('ACTIVE', 'SUSPENDED', 'MOVING') FOR UPDATE;
    IF FOUND AND NOT EXISTS (
      SELECT FROM control.members m WHERE m.tenant_id = OLD.tenant_id AND m.role = 'owner' AND m.user_id <> OLD.user_id
    ) THEN
      RAISE EXCEPTION 'tenant % would have no owner left', OLD.tenant_id USING ERRCODE = 'LH004';
    END IF;
  END IF;
  RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER guard_last_owner BEFORE UPDATE OR DELETE ON control.members FOR EACH ROW EXECUTE FUNCTION control.guard_last_owner();

CREATE TABLE control.invitations (
  tenant_id text NOT NULL REFERENCES control.tenants (tenant_id),
  invitation_id text NOT NULL CHECK (invitation_id LIKE 'inv\_%'),
  email text NOT NULL CHECK (email = lower(email)),
  role text NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  -- HELD until the tenant's onboarding lets it go.
  state text NOT NULL DEFAULT 'PENDING' CHECK (state IN ('HELD', 'PENDING', 'ACCEPTED', 'REVOKED')),
  -- SHA-256, hex, of the token in the mailed link.
  token_hash text NOT NULL UNIQUE,
  invited_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  accepted_by text,
  settled_at timestamptz,
  PRIMARY KEY (tenant_id, invitation_id)
);
CREATE UNIQUE INDEX invitations_open ON control.invitations (tenant_id, email) WHERE state IN ('HELD', 'PENDING');
SELECT control.protect('control.invitations');
CREATE POLICY portal_own ON control.invitations TO portal
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
CREATE POLICY portal_holder ON control.invitations FOR SELECT TO portal USING (token_hash = control.current_capability());
CREATE POLICY operator_reads ON control.invitations FOR SELECT TO operator USING (true);
CREATE POLICY operator_invites ON control.invitations FOR INSERT TO operator WITH CHECK (tenant_id = control.current_tenant() AND state = 'HELD');
CREATE POLICY worker_own ON control.invitations TO worker
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
GRANT SELECT, INSERT (tenant_id, invitation_id, email, role, state, token_hash, invited_by, expires_at),
  UPDATE (state, accepted_by, settled_at, token_hash, expires_at) ON control.invitations TO portal;
GRANT SELECT, INSERT (tenant_id, invitation_id, email, role, state, token_hash, invited_by, expires_at) ON control.invitations TO operator;
GRANT SELECT (tenant_id, invitation_id, email, role, state, expires_at), UPDATE (state, token_hash, settled_at) ON control.invitations TO worker;
