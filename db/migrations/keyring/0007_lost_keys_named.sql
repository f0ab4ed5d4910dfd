-- A tenant's own requests tell what is lost from what was tampered with: which versions of its data key were given up, and when.
CREATE POLICY tenant_own ON keyring.lost_keys FOR SELECT TO app_tenant USING (tenant_id = keyring.current_tenant());
GRANT SELECT (tenant_id, purpose, version, lost_at) ON keyring.lost_keys TO app_tenant;
