-- A wrapped key that does not open holds its epoch. Giving it up takes two operators: one asks, another agrees; then the worker destroys
-- what still does not open, and tells the tenant what it has lost.
CREATE TABLE control.key_losses (
  tenant_id text NOT NULL REFERENCES control.tenants (tenant_id),
  loss_id text NOT NULL CHECK (loss_id LIKE 'kls\_%'),
  pool text NOT NULL,
  epoch integer NOT NULL CHECK (epoch > 0),
  versions integer[] NOT NULL CHECK (cardinality(versions) > 0),
  requested_by text NOT NULL,
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  requested_at timestamptz NOT NULL DEFAULT now(),
  approved_by text,
  approved_at timestamptz,
  rejected_by text,
  rejected_at timestamptz,
  -- Purpose and version of what was destroyed; none where everything opened again.
  destroyed jsonb,
  ended_at timestamptz,
  PRIMARY KEY (tenant_id, loss_id),
  CHECK (approved_by <> requested_by),
  CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
  CHECK ((rejected_by IS NULL) = (rejected_at IS NULL)),
  CHECK (approved_by IS NULL OR rejected_by IS NULL),
  CHECK ((ended_at IS NULL) = (destroyed IS NULL)),
  CHECK (ended_at IS NULL OR approved_by IS NOT NULL)
);
CREATE UNIQUE INDEX key_losses_open ON control.key_losses (tenant_id, pool, epoch) WHERE rejected_at IS NULL AND ended_at IS NULL;
SELECT control.protect('control.key_losses');
CREATE POLICY operator_reads ON control.key_losses FOR SELECT TO operator USING (true);
CREATE POLICY operator_asks ON control.key_losses FOR INSERT TO operator WITH CHECK (tenant_id = control.current_tenant());
CREATE POLICY operator_decides ON control.key_losses FOR UPDATE TO operator
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
CREATE POLICY worker_own ON control.key_losses FOR SELECT TO worker USING (tenant_id = control.current_tenant());
CREATE POLICY worker_ends ON control.key_losses FOR UPDATE TO worker
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
GRANT SELECT, INSERT (tenant_id, loss_id, pool, epoch, versions, requested_by, reason), UPDATE (approved_by, approved_at, rejected_by, rejected_at)
  ON control.key_losses TO operator;
GRANT SELECT, UPDATE (destroyed, ended_at) ON control.key_losses TO worker;

-- Decided once, and never under a legal hold: placing one waits for this, or is seen here.
CREATE FUNCTION control.guard_key_loss() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.approved_by IS NOT NULL OR OLD.rejected_by IS NOT NULL THEN
    RAISE EXCEPTION 'loss % was decided before', NEW.loss_id USING ERRCODE = 'LH001';
  END IF;
  PERFORM control.lock_tenant(NEW.tenant_id);
  IF NEW.approved_by IS NOT NULL AND EXISTS (
    SELECT FROM control.legal_holds h WHERE h.tenant_id = NEW.tenant_id AND h.released_at IS NULL
  ) THEN
    RAISE EXCEPTION 'tenant % is under a legal hold', NEW.tenant_id USING ERRCODE = 'LH016';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard BEFORE UPDATE OF approved_by, rejected_by ON control.key_losses
  FOR EACH ROW EXECUTE FUNCTION control.guard_key_loss();

CREATE TRIGGER permitted_asking BEFORE INSERT ON control.key_losses FOR EACH ROW
  WHEN (current_user = 'operator') EXECUTE FUNCTION control.require_permission('requested_by', 'tenants:close');
CREATE TRIGGER permitted_approval BEFORE UPDATE ON control.key_losses FOR EACH ROW
  WHEN (current_user = 'operator' AND NEW.approved_by IS DISTINCT FROM OLD.approved_by)
  EXECUTE FUNCTION control.require_permission('approved_by', 'tenants:close');
CREATE TRIGGER permitted_rejection BEFORE UPDATE ON control.key_losses FOR EACH ROW
  WHEN (current_user = 'operator' AND NEW.rejected_by IS DISTINCT FROM OLD.rejected_by)
  EXECUTE FUNCTION control.require_permission('rejected_by', 'tenants:close');

-- Which of a tenant's keys are lost for good, and since when: for the tenant itself, and for operators.
ALTER TABLE control.tenant_keys ADD COLUMN lost jsonb;

-- What has the epoch looked at again is no operation.
ALTER TABLE control.commands DROP CONSTRAINT commands_operation;
ALTER TABLE control.commands ADD CONSTRAINT commands_operation CHECK ((operation_id IS NULL) = (kind IN ('export-tenant', 'give-up-keys')));
