-- A tenant that becomes ACTIVE has everything that was made for it: nothing of it was released on the way, by a roll back that was
-- begun and not finished.
CREATE FUNCTION control.guard_first_resources() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM control.resources r WHERE r.tenant_id = NEW.tenant_id AND r.state = 'RELEASED') THEN
    RAISE EXCEPTION 'tenant % is not whole: something that was made for it is released', NEW.tenant_id USING ERRCODE = 'LH002';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER guard_first_resources BEFORE UPDATE ON control.tenants FOR EACH ROW
  WHEN (OLD.state = 'PROVISIONING' AND NEW.state = 'ACTIVE') EXECUTE FUNCTION control.guard_first_resources();

-- A tenant that was never opened keeps no name: its row becomes a tombstone with the end of its roll back, under its own id.
CREATE OR REPLACE FUNCTION control.guard_tombstone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state IN ('CLOSED', 'FAILED') OR NEW.state NOT IN ('CLOSED', 'FAILED') OR NEW.state = 'FAILED' AND NEW.name <> NEW.tenant_id THEN
    RAISE EXCEPTION 'tenant % keeps its address', NEW.tenant_id USING ERRCODE = 'LH001';
  END IF;
  RETURN NEW;
END $$;
