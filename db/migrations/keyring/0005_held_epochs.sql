-- An epoch that is left with nothing but keys that do not open: it is kept with its branch key, and out of the way of the pool's next
-- turn. It is looked at again when its turn is due, and ends like any other once nothing is under it.
ALTER TABLE keyring.epochs DROP CONSTRAINT epochs_state_check;
ALTER TABLE keyring.epochs
  ADD CONSTRAINT epochs_state_check CHECK (state IN ('CURRENT', 'TURNING', 'HELD', 'RETIRED')),
  ADD CONSTRAINT epochs_held_is_due CHECK (state <> 'HELD' OR turn_due_at IS NOT NULL);

CREATE OR REPLACE FUNCTION keyring.guard_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (OLD.state, NEW.state) NOT IN (('CURRENT', 'CURRENT'), ('CURRENT', 'TURNING'), ('TURNING', 'TURNING'), ('TURNING', 'RETIRED'), ('RETIRED', 'RETIRED'),
    ('TURNING', 'HELD'), ('HELD', 'HELD'), ('HELD', 'TURNING')) THEN
    RAISE EXCEPTION 'an epoch does not go from % to %', OLD.state, NEW.state USING ERRCODE = 'LH001';
  END IF;
  IF NEW.state = 'RETIRED' AND OLD.state = 'TURNING' THEN
    PERFORM keyring.enter_pool(NEW.pool);
    IF EXISTS (SELECT FROM keyring.data_keys k WHERE k.kms_key_arn = 'epoch:' || NEW.pool AND k.epoch = NEW.epoch)
      OR EXISTS (SELECT FROM keyring.data_keys k WHERE k.previous_kms_key_arn = 'epoch:' || NEW.pool AND k.previous_epoch = NEW.epoch) THEN
      RAISE EXCEPTION 'keys are left under epoch %', NEW.epoch USING ERRCODE = 'LH022';
    END IF;
  END IF;
  RETURN NEW;
END $$;
