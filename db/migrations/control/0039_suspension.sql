-- Suspending a tenant and letting it work again. What is left meanwhile is in the tenant's row: its owners read, or nobody does.
ALTER TABLE control.tenants ADD COLUMN suspended_access text CHECK (suspended_access IN ('read-only', 'closed'));
GRANT UPDATE (suspended_access) ON control.tenants TO worker;

INSERT INTO control.operation_exclusions (open_kind, requested_kind)
  SELECT 'suspension', other FROM unnest(ARRAY['onboarding', 'offboarding', 'placement', 'erasure', 'restore', 'keys', 'suspension']) AS other
  UNION ALL
  SELECT other, 'suspension' FROM unnest(ARRAY['onboarding', 'offboarding', 'placement', 'erasure', 'restore', 'keys']) AS other;

-- One row for each time that somebody suspended a tenant or ended that. The reason is the operators' own.
CREATE TABLE control.suspensions (
  tenant_id text NOT NULL,
  operation_id text NOT NULL,
  action text NOT NULL CHECK (action IN ('suspend', 'resume')),
  kind text CHECK (kind IN ('non-payment', 'abuse', 'security', 'on-request')),
  access text CHECK (access IN ('read-only', 'closed')),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  effective_at timestamptz,
  PRIMARY KEY (tenant_id, operation_id),
  FOREIGN KEY (tenant_id, operation_id) REFERENCES control.operations (tenant_id, operation_id),
  CHECK ((action = 'suspend') = (kind IS NOT NULL)),
  CHECK ((action = 'suspend') = (access IS NOT NULL))
);
SELECT control.protect('control.suspensions');

CREATE POLICY portal_own ON control.suspensions FOR SELECT TO portal USING (tenant_id = control.current_tenant());
CREATE POLICY operator_reads ON control.suspensions FOR SELECT TO operator USING (true);
CREATE POLICY operator_asks ON control.suspensions FOR INSERT TO operator
  WITH CHECK (tenant_id = control.current_tenant() AND requested_by LIKE 'operator:%');
CREATE POLICY worker_own ON control.suspensions TO worker
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
-- A tenant sees why in words of ours, what is left and since when; neither who decided it nor what they wrote.
GRANT SELECT (tenant_id, operation_id, action, kind, access, effective_at) ON control.suspensions TO portal;
GRANT SELECT, INSERT (tenant_id, operation_id, action, kind, access, reason, requested_by) ON control.suspensions TO operator;
GRANT SELECT (tenant_id, operation_id, action, kind, access, effective_at), UPDATE (effective_at) ON control.suspensions TO worker;
REVOKE SELECT ON control.suspensions FROM auditor;
GRANT SELECT (tenant_id, operation_id, action, kind, access, requested_at, effective_at) ON control.suspensions TO auditor;

-- The tenant is SUSPENDED and held by its suspension. LH007 when it is not there to be suspended by this operation.
CREATE FUNCTION control.begin_suspension(tenant text, operation text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE control.tenants t SET state = 'SUSPENDED', current_operation = operation, suspended_access = s.access
    FROM control.suspensions s
    WHERE t.tenant_id = tenant AND t.state = 'ACTIVE' AND (t.current_operation IS NULL OR t.current_operation = operation)
      AND s.tenant_id = tenant AND s.operation_id = operation AND s.action = 'suspend';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'tenant % is not there to be suspended by operation %', tenant, operation USING ERRCODE = 'LH007';
  END IF;
END $$;

-- The suspension holds; the tenant is free for what may be done to a suspended one. Others are told.
CREATE FUNCTION control.end_suspension(tenant text, operation text, event text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE control.tenants t SET current_operation = NULL WHERE t.tenant_id = tenant AND t.state = 'SUSPENDED' AND t.current_operation = operation;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'tenant % is not held by the suspension %', tenant, operation USING ERRCODE = 'LH007';
  END IF;
  UPDATE control.suspensions s SET effective_at = clock_timestamp() WHERE s.tenant_id = tenant AND s.operation_id = operation;
  INSERT INTO control.outbox (tenant_id, event_id, type, operation_id) VALUES (tenant, event, 'tenant.suspended', operation) ON CONFLICT DO NOTHING;
END $$;

-- A suspension that is taken back before it was whole: the tenant is what it was.
CREATE FUNCTION control.undo_suspension(tenant text, operation text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE control.tenants t SET state = 'ACTIVE', current_operation = NULL, suspended_access = NULL
    WHERE t.tenant_id = tenant AND t.state = 'SUSPENDED' AND t.current_operation = operation;
END $$;

-- The tenant stays SUSPENDED and is held by the operation that ends this. LH007 when there is nothing to end.
CREATE FUNCTION control.begin_resumption(tenant text, operation text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE control.tenants t SET current_operation = operation
    WHERE t.tenant_id = tenant AND t.state = 'SUSPENDED' AND (t.current_operation IS NULL OR t.current_operation = operation)
      AND EXISTS (SELECT FROM control.suspensions s WHERE s.tenant_id = tenant AND s.operation_id = operation AND s.action = 'resume');
  IF NOT FOUND THEN
    RAISE EXCEPTION 'tenant % is not there to be resumed by operation %', tenant, operation USING ERRCODE = 'LH007';
  END IF;
END $$;

-- The tenant is ACTIVE again and free. LH007 when another holds it.
CREATE FUNCTION control.end_resumption(tenant text, operation text, event text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE control.tenants t SET state = 'ACTIVE', current_operation = NULL, suspended_access = NULL
    WHERE t.tenant_id = tenant AND t.state = 'SUSPENDED' AND t.current_operation = operation;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'tenant % is not held by the resumption %', tenant, operation USING ERRCODE = 'LH007';
  END IF;
  UPDATE control.suspensions s SET effective_at = clock_timestamp() WHERE s.tenant_id = tenant AND s.operation_id = operation;
  INSERT INTO control.outbox (tenant_id, event_id, type, operation_id) VALUES (tenant, event, 'tenant.resumed', operation) ON CONFLICT DO NOTHING;
END $$;

-- It stays suspended: nobody holds it any more.
CREATE FUNCTION control.undo_resumption(tenant text, operation text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE control.tenants t SET current_operation = NULL WHERE t.tenant_id = tenant AND t.state = 'SUSPENDED' AND t.current_operation = operation;
END $$;

DO $$
DECLARE verb text;
BEGIN
  FOREACH verb IN ARRAY ARRAY[
    'begin_suspension(text, text)', 'end_suspension(text, text, text)', 'undo_suspension(text, text)',
    'begin_resumption(text, text)', 'end_resumption(text, text, text)', 'undo_resumption(text, text)'
  ] LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION control.%s FROM PUBLIC', verb);
    EXECUTE format('GRANT EXECUTE ON FUNCTION control.%s TO worker', verb);
  END LOOP;
END $$;
