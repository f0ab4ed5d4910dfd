-- Addresses: whether one is taken is for everybody to see, by whom is not. Policies compare the tenant without the caller's
-- right to read it.
REVOKE SELECT ON control.slugs FROM portal, operator, worker;
GRANT SELECT (slug, reserved_until) ON control.slugs TO portal, operator, worker;

-- The portal changes no operation that exists, so it has no events to write.
ALTER POLICY writer_events ON control.operation_events TO operator;
REVOKE INSERT ON control.operation_events FROM portal;

-- Enough of an address to recognise a typing error in its domain, not to write to the person.
ALTER TABLE control.invitations ADD email_mask text NOT NULL
  GENERATED ALWAYS AS (left(email, 1) || '…@' || split_part(email, '@', 2)) STORED;
REVOKE SELECT ON control.invitations FROM operator, auditor;
GRANT SELECT (tenant_id, invitation_id, email_mask, role, state, invited_by, created_at, expires_at, settled_at)
  ON control.invitations TO operator, auditor;

-- The auditor counts and compares; what opens a sign-up or an invitation, or is in a mail, is not for it to read.
REVOKE SELECT ON control.sign_ups, control.mail_outbox FROM auditor;
GRANT SELECT (sign_up_id, tenant_id, slug, organization_name, plan, region, state, operation_id, user_id, created_at, expires_at, verified_at)
  ON control.sign_ups TO auditor;
GRANT SELECT (mail_id, tenant_id, template, attempts, next_attempt_at, last_error, created_at, sent_at) ON control.mail_outbox TO auditor;

-- An operator sends the first administrator's invitation again, to the address that the operator names, for as long as nobody
-- belongs to the tenant: a tenant with people in it is theirs alone.
CREATE POLICY operator_renews ON control.invitations FOR UPDATE TO operator
  USING (tenant_id = control.current_tenant() AND state = 'PENDING' AND role = 'owner' AND invited_by LIKE 'operator:%'
    AND NOT EXISTS (SELECT FROM control.members m WHERE m.tenant_id = invitations.tenant_id))
  WITH CHECK (tenant_id = control.current_tenant() AND state = 'PENDING' AND role = 'owner');
GRANT UPDATE (email, token_hash, expires_at) ON control.invitations TO operator;

-- Attempts to sign in, by what they are counted for: a keyed hash of account and device, of account and client, or of the account.
ALTER TABLE console_identity.sign_in_attempts RENAME account_hash TO key;
ALTER TABLE console_identity.sign_in_attempts RENAME window_started_at TO last_attempt_at;
