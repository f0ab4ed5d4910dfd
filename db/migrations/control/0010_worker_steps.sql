-- What a workflow's steps ask of the catalog, one round trip each: enter, lock, change, answer. With the caller's
-- rights, so every policy holds. Steps are locked before their operation, as everywhere.
CREATE FUNCTION control.step_context(tenant text, operation text, earlier text) RETURNS jsonb LANGUAGE sql STABLE AS $$
  SELECT jsonb_build_object(
    'earlier', earlier, 'operationState', o.state, 'subject', o.subject, 'requestedBy', o.requested_by,
    'tenantState', t.state, 'plan', t.plan, 'region', t.region, 'placement', t.placement, 'limits', t.limits,
    'resources', (
      SELECT COALESCE(jsonb_agg(jsonb_build_object('kind', r.kind, 'name', r.name, 'ref', r.ref, 'state', r.state)), '[]')
      FROM control.resources r WHERE r.tenant_id = tenant AND r.operation_id = operation
    ))
  FROM control.operations o JOIN control.tenants t ON t.tenant_id = o.tenant_id
  WHERE o.tenant_id = tenant AND o.operation_id = operation
$$;

-- Marks a step as running (or trying again) and answers with what the step needs to know. A step that has succeeded is
-- left as it is: its effect is found again. Refused unless the operation runs: an attempt that comes too late stops here.
CREATE FUNCTION control.begin_step(tenant text, operation text, this_step text, at_position integer, at_stage integer, this_attempt integer)
  RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE earlier text; operation_state text;
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
    UPDATE control.operation_steps s
      SET state = CASE WHEN this_attempt > 1 THEN 'RETRYING' ELSE 'RUNNING' END, attempt = this_attempt,
        error_code = NULL, error_message = NULL, started_at = COALESCE(s.started_at, clock_timestamp()), finished_at = NULL
      WHERE s.tenant_id = tenant AND s.operation_id = operation AND s.step = this_step;
    IF operation_state = 'REQUESTED' THEN
      UPDATE control.operations o SET state = 'RUNNING', started_at = clock_timestamp()
        WHERE o.tenant_id = tenant AND o.operation_id = operation AND o.state = 'REQUESTED';
    END IF;
  END IF;
  RETURN control.step_context(tenant, operation, earlier);
END $$;

-- Marks a step as done, in the transaction of its effect where the effect is in this database. Named resources are made.
CREATE FUNCTION control.finish_step(tenant text, operation text, this_step text, made jsonb, audit_id text, request text) RETURNS void
  LANGUAGE plpgsql AS $$
DECLARE kind_of text;
BEGIN
  PERFORM control.enter(tenant);
  UPDATE control.resources r SET state = 'MADE', ref = COALESCE(m.ref, r.ref), made_at = COALESCE(r.made_at, clock_timestamp())
    FROM jsonb_to_recordset(made) AS m (kind text, name text, ref text)
    WHERE r.tenant_id = tenant AND r.operation_id = operation AND r.kind = m.kind AND r.name = m.name AND r.state <> 'RELEASED';
  UPDATE control.operation_steps s SET state = 'SUCCEEDED', finished_at = clock_timestamp(), error_code = NULL, error_message = NULL
    WHERE s.tenant_id = tenant AND s.operation_id = operation AND s.step = this_step AND s.state IN ('RUNNING', 'RETRYING');
  IF NOT FOUND THEN
    IF EXISTS (SELECT FROM control.operation_steps s
      WHERE s.tenant_id = tenant AND s.operation_id = operation AND s.step = this_step AND s.state = 'SUCCEEDED') THEN
      RETURN;
    END IF;
    RAISE EXCEPTION 'step % of operation % no longer runs', this_step, operation USING ERRCODE = 'LH005';
  END IF;
  SELECT o.kind INTO STRICT kind_of FROM control.operations o WHERE o.tenant_id = tenant AND o.operation_id = operation;
  INSERT INTO control.audit (tenant_id, audit_id, actor, action, target, request_id, operation_id)
    VALUES (tenant, audit_id, 'system:' || operation, kind_of || '.step-done', this_step, request, operation)
    ON CONFLICT DO NOTHING;
END $$;

-- Notes why an attempt failed: for good, or to be tried again.
CREATE FUNCTION control.fail_step(tenant text, operation text, this_step text, for_good boolean, code text, message text) RETURNS void
  LANGUAGE plpgsql AS $$
BEGIN
  PERFORM control.enter(tenant);
  UPDATE control.operation_steps s
    SET state = CASE WHEN for_good THEN 'FAILED' ELSE 'RETRYING' END, error_code = code, error_message = message,
      finished_at = CASE WHEN for_good THEN clock_timestamp() END
    WHERE s.tenant_id = tenant AND s.operation_id = operation AND s.step = this_step AND s.state IN ('RUNNING', 'RETRYING');
END $$;

-- Undoing is refused unless the operation rolls back, so a late or repeated undo cannot touch a tenant that is in use.
CREATE FUNCTION control.begin_undo(tenant text, operation text, this_step text) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE earlier text; operation_state text;
BEGIN
  PERFORM control.enter(tenant);
  SELECT s.state INTO earlier FROM control.operation_steps s
    WHERE s.tenant_id = tenant AND s.operation_id = operation AND s.step = this_step FOR UPDATE;
  SELECT o.state INTO STRICT operation_state FROM control.operations o WHERE o.tenant_id = tenant AND o.operation_id = operation;
  IF operation_state NOT IN ('ROLLING_BACK', 'ROLLED_BACK') THEN
    RAISE EXCEPTION 'operation % does not roll back: it is %', operation, operation_state USING ERRCODE = 'LH005';
  END IF;
  IF earlier NOT IN ('PENDING', 'UNDONE', 'UNDOING') THEN
    UPDATE control.operation_steps s SET state = 'UNDOING', finished_at = NULL
      WHERE s.tenant_id = tenant AND s.operation_id = operation AND s.step = this_step;
  END IF;
  RETURN control.step_context(tenant, operation, COALESCE(earlier, 'PENDING'));
END $$;

-- The step is undone and the resources of the named kinds are gone.
CREATE FUNCTION control.finish_undo(tenant text, operation text, this_step text, released_kinds text[], audit_id text, request text) RETURNS void
  LANGUAGE plpgsql AS $$
DECLARE kind_of text;
BEGIN
  PERFORM control.enter(tenant);
  UPDATE control.resources r SET state = 'RELEASED', released_at = clock_timestamp()
    WHERE r.tenant_id = tenant AND r.operation_id = operation AND r.kind = ANY (released_kinds) AND r.state <> 'RELEASED';
  UPDATE control.operation_steps s SET state = 'UNDONE', finished_at = clock_timestamp()
    WHERE s.tenant_id = tenant AND s.operation_id = operation AND s.step = this_step AND s.state = 'UNDOING';
  IF FOUND THEN
    SELECT o.kind INTO STRICT kind_of FROM control.operations o WHERE o.tenant_id = tenant AND o.operation_id = operation;
    INSERT INTO control.audit (tenant_id, audit_id, actor, action, target, request_id, operation_id)
      VALUES (tenant, audit_id, 'system:' || operation, kind_of || '.step-undone', this_step, request, operation)
      ON CONFLICT DO NOTHING;
  END IF;
END $$;

DO $$
DECLARE verb text;
BEGIN
  FOREACH verb IN ARRAY ARRAY[
    'step_context(text, text, text)', 'begin_step(text, text, text, integer, integer, integer)',
    'finish_step(text, text, text, jsonb, text, text)', 'fail_step(text, text, text, boolean, text, text)',
    'begin_undo(text, text, text)', 'finish_undo(text, text, text, text[], text, text)'
  ] LOOP
    EXECUTE format('REVOKE EXECUTE ON FUNCTION control.%s FROM PUBLIC', verb);
    EXECUTE format('GRANT EXECUTE ON FUNCTION control.%s TO worker', verb);
  END LOOP;
END $$;

-- How many tenants live in each shared pool: taken and given back with the placement, in the same transaction.
CREATE TABLE control.pools (
  pool text PRIMARY KEY,
  taken integer NOT NULL DEFAULT 0 CHECK (taken >= 0)
);
SELECT control.protect('control.pools');
CREATE POLICY operator_reads ON control.pools FOR SELECT TO operator USING (true);
CREATE POLICY worker_fills ON control.pools TO worker USING (true) WITH CHECK (true);
GRANT SELECT ON control.pools TO operator;
GRANT SELECT, INSERT, UPDATE ON control.pools TO worker;

-- The worker compares every open operation with Temporal: see the register of exceptions in docs/security.md.
CREATE POLICY worker_reconciles ON control.operations FOR SELECT TO worker
  USING (state IN ('REQUESTED', 'RUNNING', 'NEEDS_ATTENTION', 'ROLLING_BACK'));

-- Mail may be written ahead and held (next_attempt_at = infinity) by whoever knows the address; an operation's end
-- lets one go and discards the others.
CREATE POLICY worker_discards ON control.mail_outbox FOR DELETE TO worker
  USING (tenant_id = control.current_tenant() AND sent_at IS NULL AND next_attempt_at = 'infinity');
GRANT DELETE ON control.mail_outbox TO worker;
