-- What two steps change in the catalog, whole and checked in one statement each, so that an attempt's lease, its effect and its end
-- are one round trip. With the caller's rights.

-- Where a tenant will live, its seat in the pool (once; capacity is null for a tenant with a database of its own), the steps to
-- come and everything that will be made, as intended. LH006 when the pool is full.
CREATE FUNCTION control.take_place(tenant text, operation text, place jsonb, capacity integer, steps jsonb, intended jsonb) RETURNS void
  LANGUAGE plpgsql AS $$
BEGIN
  UPDATE control.tenants t SET placement = place WHERE t.tenant_id = tenant AND t.placement IS NULL;
  IF FOUND AND capacity IS NOT NULL THEN
    INSERT INTO control.pools AS p (pool, taken) SELECT 'pool', 1 WHERE capacity > 0
      ON CONFLICT (pool) DO UPDATE SET taken = p.taken + 1 WHERE p.taken < capacity;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'the pool is full' USING ERRCODE = 'LH006';
    END IF;
  END IF;
  INSERT INTO control.operation_steps (tenant_id, operation_id, step, position, stage)
    SELECT tenant, operation, s.step, s.position, s.stage
    FROM jsonb_to_recordset(steps) AS s (step text, position integer, stage integer)
    ON CONFLICT DO NOTHING;
  INSERT INTO control.resources AS r (tenant_id, kind, name, operation_id)
    SELECT tenant, i.kind, i.name, operation FROM jsonb_to_recordset(intended) AS i (kind text, name text)
    ON CONFLICT (tenant_id, kind, name) DO UPDATE SET state = 'INTENDED', operation_id = excluded.operation_id, released_at = NULL
      WHERE r.state = 'RELEASED';
END $$;

-- The tenant is ACTIVE, its onboarding's hold on it ends, the event is in the outbox, the first owner's invitation is open.
-- LH007 when the tenant is not held by the operation.
CREATE FUNCTION control.activate_tenant(tenant text, operation text, event text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE control.tenants t SET state = 'ACTIVE', activated_at = clock_timestamp(), current_operation = NULL
    WHERE t.tenant_id = tenant AND t.state = 'PROVISIONING' AND t.current_operation = operation;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'tenant % is not held by operation %', tenant, operation USING ERRCODE = 'LH007';
  END IF;
  INSERT INTO control.outbox (tenant_id, event_id, type, operation_id) VALUES (tenant, event, 'tenant.activated', operation)
    ON CONFLICT DO NOTHING;
  UPDATE control.invitations i SET state = 'PENDING' WHERE i.tenant_id = tenant AND i.state = 'HELD';
END $$;

DO $$
DECLARE verb text;
BEGIN
  FOREACH verb IN ARRAY ARRAY['take_place(text, text, jsonb, integer, jsonb, jsonb)', 'activate_tenant(text, text, text)'] LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION control.%s FROM PUBLIC', verb);
    EXECUTE format('GRANT EXECUTE ON FUNCTION control.%s TO worker', verb);
  END LOOP;
END $$;
