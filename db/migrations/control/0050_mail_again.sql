-- A mail that was given up is asked for again when what stood in its way is mended: while the tenant is there, and somebody to read it.
CREATE POLICY operator_resends ON control.mail_requests FOR UPDATE TO operator
  USING (tenant_id = control.current_tenant() AND failed_at IS NOT NULL
    AND EXISTS (SELECT FROM control.tenants t WHERE t.tenant_id = mail_requests.tenant_id AND t.state NOT IN ('SHREDDING', 'CLOSED'))
    AND EXISTS (SELECT FROM control.members m WHERE m.tenant_id = mail_requests.tenant_id AND m.role = 'owner'))
  WITH CHECK (tenant_id = control.current_tenant() AND failed_at IS NULL AND addressed_at IS NULL);
GRANT UPDATE (failed_at, failure) ON control.mail_requests TO operator;
CREATE TRIGGER announce_again AFTER UPDATE OF failed_at ON control.mail_requests FOR EACH ROW
  WHEN (OLD.failed_at IS NOT NULL AND NEW.failed_at IS NULL) EXECUTE FUNCTION control.announce_mail_request();
-- Nothing else names who did it.
CREATE TRIGGER permitted_mail BEFORE INSERT ON control.audit FOR EACH ROW
  WHEN (current_user = 'operator' AND NEW.action = 'mail.sent-again') EXECUTE FUNCTION control.require_permission('actor', 'operations:run');
