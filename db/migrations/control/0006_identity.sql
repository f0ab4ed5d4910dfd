-- People sign in here and nowhere else. The tables belong to one role; the role that serves pages cannot read them.
CREATE SCHEMA identity;
GRANT USAGE ON SCHEMA identity TO identity, auditor;

CREATE TABLE identity.users (
  id text PRIMARY KEY CHECK (id ~ '^usr_[0-9A-HJKMNP-TV-Z]{26}$'),
  name text NOT NULL,
  email text NOT NULL UNIQUE CHECK (email = lower(email)),
  email_verified boolean NOT NULL DEFAULT false,
  image text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE identity.sessions (
  id text PRIMARY KEY,
  user_id text NOT NULL REFERENCES identity.users (id) ON DELETE CASCADE,
  token text NOT NULL UNIQUE,
  expires_at timestamptz NOT NULL,
  ip_address text,
  user_agent text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sessions_by_user ON identity.sessions (user_id);

CREATE TABLE identity.accounts (
  id text PRIMARY KEY,
  user_id text NOT NULL REFERENCES identity.users (id) ON DELETE CASCADE,
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
CREATE INDEX accounts_by_user ON identity.accounts (user_id);

CREATE TABLE identity.verifications (
  id text PRIMARY KEY,
  identifier text NOT NULL,
  value text NOT NULL,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX verifications_by_identifier ON identity.verifications (identifier);

-- A sign-up whose address nobody has proved yet. No account comes of it before somebody opens the mailed link, so two
-- sign-ups with one address are two rows, and the password of the one that is opened counts.
CREATE TABLE identity.pending_sign_ups (
  sign_up_id text PRIMARY KEY CHECK (sign_up_id LIKE 'sup\_%'),
  tenant_id text NOT NULL UNIQUE,
  email text CHECK (email = lower(email)),
  password_hash text,
  -- SHA-256, hex, of the secret in the mailed link.
  verification_hash text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  -- Address and password go when the account is there; the rest stays until the catalog has followed.
  user_id text REFERENCES identity.users (id) ON DELETE CASCADE,
  settled_at timestamptz,
  CHECK ((user_id IS NULL) = (email IS NOT NULL AND password_hash IS NOT NULL))
);
CREATE INDEX pending_sign_ups_unsettled ON identity.pending_sign_ups (user_id) WHERE settled_at IS NULL;
CREATE INDEX pending_sign_ups_expiry ON identity.pending_sign_ups (expires_at) WHERE user_id IS NULL;

-- Attempts are counted in the database, so that a restart or a second process does not forget them. Keyed hashes only.
CREATE TABLE identity.attempts (
  key text PRIMARY KEY,
  count integer NOT NULL,
  window_started_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA identity TO identity;

-- The auditor counts rows; addresses, hashes and session tokens are not for it to read.
GRANT SELECT (id, email_verified, created_at) ON identity.users TO auditor;
GRANT SELECT (id, user_id, provider_id, created_at) ON identity.accounts TO auditor;
GRANT SELECT (id, user_id, expires_at, created_at) ON identity.sessions TO auditor;
GRANT SELECT (sign_up_id, tenant_id, user_id, created_at, expires_at, settled_at) ON identity.pending_sign_ups TO auditor;

-- Whoever verified a sign-up finds it again from another browser.
CREATE INDEX sign_ups_by_user ON control.sign_ups (user_id) WHERE user_id IS NOT NULL;
CREATE POLICY portal_self ON control.sign_ups FOR SELECT TO portal USING (user_id = control.current_user_id());

