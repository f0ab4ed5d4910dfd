-- Operators sign in here and nowhere else: their own tables, under a role that reaches nothing but them.
CREATE SCHEMA console_identity;
GRANT USAGE ON SCHEMA console_identity TO console_identity;

CREATE TABLE console_identity.operators (
  id text PRIMARY KEY CHECK (id ~ '^opr_[0-9A-HJKMNP-TV-Z]{26}$'),
  name text NOT NULL,
  email text NOT NULL UNIQUE CHECK (email = lower(email)),
  email_verified boolean NOT NULL DEFAULT false,
  image text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE console_identity.sessions (
  id text PRIMARY KEY,
  operator_id text NOT NULL REFERENCES console_identity.operators (id) ON DELETE CASCADE,
  token text NOT NULL UNIQUE,
  expires_at timestamptz NOT NULL,
  ip_address text,
  user_agent text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sessions_by_operator ON console_identity.sessions (operator_id);

CREATE TABLE console_identity.accounts (
  id text PRIMARY KEY,
  operator_id text NOT NULL REFERENCES console_identity.operators (id) ON DELETE CASCADE,
  account_id text NOT NULL,
  provider_id text NOT NULL,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamptz,
  refresh_token_expires_at timestamptz,
  scope text,
  password text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (provider_id, account_id)
);
CREATE INDEX accounts_by_operator ON console_identity.accounts (operator_id);

CREATE TABLE console_identity.verifications (
  id text PRIMARY KEY,
  identifier text NOT NULL,
  value text NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX verifications_by_identifier ON console_identity.verifications (identifier);

-- Attempts are counted in the database, so that a restart or a second process does not forget them.
CREATE TABLE console_identity.rate_limits (
  id text PRIMARY KEY,
  key text NOT NULL UNIQUE,
  count integer NOT NULL,
  last_request bigint NOT NULL
);

-- Attempts on one account, from wherever they come. Holds a keyed hash of the address, never the address.
CREATE TABLE console_identity.sign_in_attempts (
  account_hash text PRIMARY KEY,
  count integer NOT NULL,
  window_started_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA console_identity TO console_identity;

-- A sign-up that an operator rejects never had a workflow, so the operator's transaction ends it: nothing was created
-- outside these rows. The policies let it happen after the rejection only, and to nothing else.
GRANT UPDATE (state, current_operation) ON control.tenants TO operator;
CREATE POLICY operator_rejects ON control.tenants FOR UPDATE TO operator
  USING (tenant_id = control.current_tenant() AND state = 'PROVISIONING' AND EXISTS (
    SELECT FROM control.operations o WHERE o.tenant_id = tenants.tenant_id AND o.kind = 'onboarding' AND o.state = 'REJECTED'
  ))
  WITH CHECK (tenant_id = control.current_tenant() AND state = 'FAILED' AND current_operation IS NULL);
CREATE POLICY release_rejected ON control.slugs FOR DELETE TO operator
  USING (tenant_id = control.current_tenant() AND EXISTS (
    SELECT FROM control.tenants t WHERE t.tenant_id = slugs.tenant_id AND t.state = 'FAILED'
  ));
