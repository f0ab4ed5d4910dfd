-- Whoever rejects a sign-up tells the person: the mail that was written ahead for this goes out, the tenant's others are
-- discarded. An operator sees which mails a tenant has, never what is in them.
CREATE FUNCTION control.onboarding_rejected(tenant text) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT EXISTS (SELECT FROM control.operations o WHERE o.tenant_id = tenant AND o.kind = 'onboarding' AND o.state = 'REJECTED')
$$;
REVOKE EXECUTE ON FUNCTION control.onboarding_rejected(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION control.onboarding_rejected(text) TO operator;
CREATE POLICY operator_finds ON control.mail_outbox FOR SELECT TO operator
  USING (tenant_id = control.current_tenant());
CREATE POLICY operator_releases ON control.mail_outbox FOR UPDATE TO operator
  USING (tenant_id = control.current_tenant() AND next_attempt_at = 'infinity' AND sent_at IS NULL AND control.onboarding_rejected(tenant_id))
  WITH CHECK (tenant_id = control.current_tenant() AND template = 'sign-up-declined');
CREATE POLICY operator_discards ON control.mail_outbox FOR DELETE TO operator
  USING (tenant_id = control.current_tenant() AND next_attempt_at = 'infinity' AND sent_at IS NULL AND control.onboarding_rejected(tenant_id));
GRANT SELECT (mail_id, tenant_id, template, next_attempt_at, sent_at, failed_at), UPDATE (next_attempt_at), DELETE ON control.mail_outbox TO operator;
