-- A command that Temporal did not take is tried again later, ever later.
ALTER TABLE control.commands ADD COLUMN next_attempt_at timestamptz NOT NULL DEFAULT now();
GRANT UPDATE (next_attempt_at) ON control.commands TO worker;
CREATE POLICY new_is_bare ON control.commands AS RESTRICTIVE FOR INSERT TO portal, operator
  WITH CHECK (attempts = 0 AND refusal IS NULL AND dispatched_at IS NULL);
