-- Each attempt at a step holds a lease of its own, from its begin to its end; the next begin takes it away. Without the lease
-- nothing of an attempt is committed: Temporal may give an attempt up and start another while the first is still at work.
ALTER TABLE control.operation_steps ADD COLUMN lease uuid;

CREATE OR REPLACE FUNCTION control.begin_step(tenant text, operation text, this_step text, at_position integer, at_stage integer, this_attempt integer)
  RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE earlier text; operation_state text; own_lease uuid;
BEGIN
  PERFORM control.enter(tenant);
  INSERT INTO control.operation_steps (tenant_id, operation_id, step, position, stage)
    VALUES (tenant, operation, this_step, at_position, at_stage) ON CONFLICT DO NOTHING;
  SELECT s.state INTO STRICT earlier FROM control.operation_steps s
    WHERE s.tenant_id = tenant AND s.operation_id = operation AND s.step = this_step FOR UPDATE;
  SELECT o.state INTO STRICT operation_state FROM control.operations o WHERE o.tenant_id = tenant AND o.operation_id = operation;
  IF earlier <> 'SUCCEEDED' THEN
    IF operation_state NOT IN ('REQUESTED', 'RUNNING') THEN
      RAISE EXCEPTION 'operation % does not run: it is %', operation, operation_state USING ERRCODE = 'LH005';
    END IF;
    own_lease := gen_random_uuid();
    UPDATE control.operation_steps s
      SET state = CASE WHEN this_attempt > 1 THEN 'RETRYING' ELSE 'RUNNING' END, attempt = this_attempt, lease = own_lease,
        error_code = NULL, error_message = NULL, started_at = COALESCE(s.started_at, clock_timestamp()), finished_at = NULL
      WHERE s.tenant_id = tenant AND s.operation_id = operation AND s.step = this_step;
    IF operation_state = 'REQUESTED' THEN
      UPDATE control.operations o SET state = 'RUNNING', started_at = clock_timestamp()
        WHERE o.tenant_id = tenant AND o.operation_id = operation AND o.state = 'REQUESTED';
    END IF;
  END IF;
  RETURN control.step_context(tenant, operation, earlier) || jsonb_build_object('lease', own_lease);
END $$;

-- Enters the transaction of a step's effect: the step is locked, and the attempt's lease holds to the end of it.
CREATE FUNCTION control.hold_step(tenant text, operation text, this_step text, own_lease uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM control.enter(tenant);
  PERFORM FROM control.operation_steps s
    WHERE s.tenant_id = tenant AND s.operation_id = operation AND s.step = this_step AND s.lease = own_lease
      AND s.state IN ('RUNNING', 'RETRYING') FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'this attempt at step % of operation % has been given up', this_step, operation USING ERRCODE = 'LH005';
  END IF;
END $$;

DROP FUNCTION control.finish_step(text, text, text, jsonb, text, text);
CREATE FUNCTION control.finish_step(tenant text, operation text, this_step text, own_lease uuid, made jsonb, audit_id text, request text)
  RETURNS void LANGUAGE plpgsql AS $$
DECLARE kind_of text;
BEGIN
  PERFORM control.hold_step(tenant, operation, this_step, own_lease);
  UPDATE control.resources r SET state = 'MADE', ref = COALESCE(m.ref, r.ref), made_at = COALESCE(r.made_at, clock_timestamp())
    FROM jsonb_to_recordset(made) AS m (kind text, name text, ref text)
    WHERE r.tenant_id = tenant AND r.operation_id = operation AND r.kind = m.kind AND r.name = m.name AND r.state <> 'RELEASED';
  UPDATE control.operation_steps s
    SET state = 'SUCCEEDED', lease = NULL, finished_at = clock_timestamp(), error_code = NULL, error_message = NULL
    WHERE s.tenant_id = tenant AND s.operation_id = operation AND s.step = this_step;
  SELECT o.kind INTO STRICT kind_of FROM control.operations o WHERE o.tenant_id = tenant AND o.operation_id = operation;
  INSERT INTO control.audit (tenant_id, audit_id, actor, action, target, request_id, operation_id)
    VALUES (tenant, audit_id, 'system:' || operation, kind_of || '.step-done', this_step, request, operation)
    ON CONFLICT DO NOTHING;
END $$;

DROP FUNCTION control.fail_step(text, text, text, boolean, text, text);
CREATE FUNCTION control.fail_step(tenant text, operation text, this_step text, own_lease uuid, for_good boolean, code text, message text)
  RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM control.hold_step(tenant, operation, this_step, own_lease);
  UPDATE control.operation_steps s
    SET state = CASE WHEN for_good THEN 'FAILED' ELSE 'RETRYING' END, error_code = code, error_message = message, lease = NULL,
      finished_at = CASE WHEN for_good THEN clock_timestamp() END
    WHERE s.tenant_id = tenant AND s.operation_id = operation AND s.step = this_step;
END $$;

-- A parked or rolled back operation ends every lease that is still out.
CREATE FUNCTION control.end_leases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state NOT IN ('PENDING', 'RUNNING', 'RETRYING') THEN
    NEW.lease := NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER end_leases BEFORE UPDATE ON control.operation_steps FOR EACH ROW EXECUTE FUNCTION control.end_leases();

DO $$
DECLARE verb text;
BEGIN
  FOREACH verb IN ARRAY ARRAY[
    'hold_step(text, text, text, uuid)',
    'finish_step(text, text, text, uuid, jsonb, text, text)', 'fail_step(text, text, text, uuid, boolean, text, text)'
  ] LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION control.%s FROM PUBLIC', verb);
    EXECUTE format('GRANT EXECUTE ON FUNCTION control.%s TO worker', verb);
  END LOOP;
END $$;
