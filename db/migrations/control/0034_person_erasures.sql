-- The erasure of one person inside a tenant that goes on. Who it is stands here for as long as the work lasts, and nowhere else: not in
-- the operation, its command or its run. What is left in the end is a pseudonym.
CREATE TABLE control.person_erasures (
  tenant_id text NOT NULL,
  operation_id text NOT NULL,
  -- Empty once the person is erased.
  user_id text,
  pseudonym text NOT NULL UNIQUE CHECK (pseudonym ~ '^psn_[0-9A-HJKMNP-TV-Z]{26}$'),
  documents text NOT NULL CHECK (documents IN ('delete', 'keep')),
  -- Invitations that went to the person's address: only who asks knows it.
  invitation_ids jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(invitation_ids) = 'array'),
  by_themselves boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  erased_at timestamptz,
  PRIMARY KEY (tenant_id, operation_id),
  FOREIGN KEY (tenant_id, operation_id) REFERENCES control.operations (tenant_id, operation_id),
  CHECK ((user_id IS NULL) = (erased_at IS NOT NULL))
);
SELECT control.protect('control.person_erasures');
CREATE POLICY portal_own ON control.person_erasures FOR SELECT TO portal USING (tenant_id = control.current_tenant());
CREATE POLICY portal_asks ON control.person_erasures FOR INSERT TO portal WITH CHECK (tenant_id = control.current_tenant());
CREATE POLICY worker_own ON control.person_erasures TO worker
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
CREATE POLICY operator_reads ON control.person_erasures FOR SELECT TO operator USING (true);
GRANT SELECT (tenant_id, operation_id, pseudonym, documents, by_themselves, created_at, erased_at) ON control.person_erasures TO operator;
REVOKE SELECT ON control.person_erasures FROM auditor;
GRANT SELECT (tenant_id, operation_id, pseudonym, documents, by_themselves, created_at, erased_at) ON control.person_erasures TO auditor;
GRANT SELECT, INSERT (tenant_id, operation_id, user_id, pseudonym, documents, invitation_ids, by_themselves) ON control.person_erasures TO portal;
GRANT SELECT, UPDATE (user_id, invitation_ids, erased_at) ON control.person_erasures TO worker;

-- What is under a legal hold stays as it is, a person's part of it as well. Whoever places one has locked the tenant's row.
CREATE FUNCTION control.refuse_under_legal_hold() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM control.lock_tenant(NEW.tenant_id);
  IF EXISTS (SELECT FROM control.legal_holds h WHERE h.tenant_id = NEW.tenant_id AND h.released_at IS NULL) THEN
    RAISE EXCEPTION 'tenant % is under a legal hold', NEW.tenant_id USING ERRCODE = 'LH016';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER legal_hold BEFORE INSERT ON control.person_erasures FOR EACH ROW EXECUTE FUNCTION control.refuse_under_legal_hold();

-- Accounts belong to people and not to tenants: whether one goes with its last workspace is asked here, and answered by the portal, the
-- only one that can see a person's workspaces and has the identity schema.
CREATE TABLE control.account_erasures (
  tenant_id text NOT NULL,
  operation_id text NOT NULL,
  request_id text NOT NULL CHECK (request_id ~ '^req_'),
  user_id text,
  -- Sessions go first, so that nobody joins a workspace while the account goes.
  sessions_ended_at timestamptz,
  outcome text CHECK (outcome IN ('deleted', 'in-use', 'unknown')),
  -- Rows of the account before and, by looking again, after.
  rows_before integer,
  rows_after integer,
  asked_at timestamptz NOT NULL DEFAULT now(),
  answered_at timestamptz,
  PRIMARY KEY (tenant_id, operation_id, request_id),
  FOREIGN KEY (tenant_id, operation_id) REFERENCES control.operations (tenant_id, operation_id),
  CHECK ((answered_at IS NULL) = (outcome IS NULL) AND (answered_at IS NULL) = (user_id IS NOT NULL))
);
CREATE UNIQUE INDEX account_erasures_once ON control.account_erasures (tenant_id, operation_id, user_id);
CREATE INDEX account_erasures_open ON control.account_erasures (asked_at) WHERE answered_at IS NULL;
SELECT control.protect('control.account_erasures');
-- Outside of any tenant's transaction the portal finds what is asked, whoever's it is: see the register of exceptions in docs/security.md.
CREATE POLICY portal_finds ON control.account_erasures FOR SELECT TO portal
  USING (tenant_id = control.current_tenant() OR (control.current_tenant() IS NULL AND answered_at IS NULL));
CREATE POLICY portal_answers ON control.account_erasures FOR UPDATE TO portal
  USING (tenant_id = control.current_tenant() AND answered_at IS NULL) WITH CHECK (tenant_id = control.current_tenant());
CREATE POLICY worker_own ON control.account_erasures TO worker
  USING (tenant_id = control.current_tenant()) WITH CHECK (tenant_id = control.current_tenant());
REVOKE SELECT ON control.account_erasures FROM auditor;
GRANT SELECT (tenant_id, operation_id, request_id, outcome, asked_at, answered_at) ON control.account_erasures TO auditor;
GRANT SELECT, UPDATE (user_id, sessions_ended_at, outcome, rows_before, rows_after, answered_at) ON control.account_erasures TO portal;
GRANT SELECT, INSERT (tenant_id, operation_id, request_id, user_id) ON control.account_erasures TO worker;

CREATE FUNCTION control.announce_account_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('account_erasures', NEW.tenant_id);
  RETURN NULL;
END $$;
CREATE TRIGGER announce AFTER INSERT ON control.account_erasures FOR EACH ROW EXECUTE FUNCTION control.announce_account_erasure();

-- Finds the person's rows, and takes the reference off other people's.
GRANT SELECT (accepted_by, invited_by) ON control.invitations TO worker;
GRANT UPDATE (invited_by) ON control.members TO worker;
