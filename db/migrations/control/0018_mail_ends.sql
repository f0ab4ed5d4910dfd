-- A mail that cannot be sent, or is too old to be of use, ends without having been sent. Its content goes all the same.
ALTER TABLE control.mail_outbox ADD COLUMN failed_at timestamptz;
GRANT UPDATE (failed_at) ON control.mail_outbox TO worker;
GRANT SELECT (failed_at) ON control.mail_outbox TO auditor;
DO $$
DECLARE old_check text;
BEGIN
  SELECT c.conname INTO STRICT old_check FROM pg_constraint c
    WHERE c.conrelid = 'control.mail_outbox'::regclass AND c.contype = 'c' AND pg_get_constraintdef(c.oid) LIKE '%sealed%';
  EXECUTE format('ALTER TABLE control.mail_outbox DROP CONSTRAINT %I', old_check);
END $$;
ALTER TABLE control.mail_outbox ADD CONSTRAINT mail_outbox_ended
  CHECK ((sent_at IS NULL OR failed_at IS NULL) AND (sent_at IS NULL AND failed_at IS NULL) = (sealed IS NOT NULL));
DROP INDEX control.mail_outbox_due;
CREATE INDEX mail_outbox_due ON control.mail_outbox (next_attempt_at) WHERE sent_at IS NULL AND failed_at IS NULL;
