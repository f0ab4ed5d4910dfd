-- Second factors of people and of operators: a secret and recovery codes, both encrypted by whoever signs people in. A row that is not
-- verified was begun and not confirmed, and asks for nothing at the sign-in.
ALTER TABLE identity.users ADD COLUMN two_factor_enabled boolean NOT NULL DEFAULT false;
CREATE TABLE identity.two_factors (
  id text PRIMARY KEY,
  user_id text NOT NULL UNIQUE REFERENCES identity.users (id) ON DELETE CASCADE,
  secret text NOT NULL,
  backup_codes text NOT NULL,
  verified boolean NOT NULL DEFAULT false,
  failed_verification_count integer NOT NULL DEFAULT 0,
  locked_until timestamptz
);
GRANT SELECT, INSERT, UPDATE, DELETE ON identity.two_factors TO identity;
GRANT SELECT (id, user_id, verified) ON identity.two_factors TO auditor;

ALTER TABLE console_identity.operators ADD COLUMN two_factor_enabled boolean NOT NULL DEFAULT false;
CREATE TABLE console_identity.two_factors (
  id text PRIMARY KEY,
  operator_id text NOT NULL UNIQUE REFERENCES console_identity.operators (id) ON DELETE CASCADE,
  secret text NOT NULL,
  backup_codes text NOT NULL,
  verified boolean NOT NULL DEFAULT false,
  failed_verification_count integer NOT NULL DEFAULT 0,
  locked_until timestamptz
);
GRANT SELECT, INSERT, UPDATE, DELETE ON console_identity.two_factors TO console_identity;
