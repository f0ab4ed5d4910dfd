-- The least version of the data key that anything new may be sealed under. Raising it takes the fence, so that no transaction
-- of before is still at work, and from then on a value that was sealed under an older key never arrives.
ALTER TABLE app.tenant_home ADD COLUMN least_key_version integer NOT NULL DEFAULT 1 CHECK (least_key_version > 0);
GRANT UPDATE (least_key_version) ON app.tenant_home TO worker;

-- The version in a sealed value's header; null for what is no sealed value.
CREATE FUNCTION app.key_version_of(sealed bytea) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN length(sealed) >= 33 AND get_byte(sealed, 0) = 1 THEN
    (get_byte(sealed, 1)::bigint << 24) | (get_byte(sealed, 2) << 16) | (get_byte(sealed, 3) << 8) | get_byte(sealed, 4) END
$$;
GRANT EXECUTE ON FUNCTION app.key_version_of(bytea) TO app_tenant, worker, auditor;

CREATE FUNCTION app.refuse_retired_key() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE least_version integer; version bigint; sealed_column text;
BEGIN
  SELECT h.least_key_version INTO least_version FROM app.tenant_home h WHERE h.tenant_id = NEW.tenant_id;
  IF least_version > 1 THEN
    FOREACH sealed_column IN ARRAY TG_ARGV LOOP
      EXECUTE format('SELECT app.key_version_of(($1).%I)', sealed_column) INTO version USING NEW;
      IF version < least_version THEN
        RAISE EXCEPTION 'a value was sealed under a key version that is retired' USING ERRCODE = 'LH020';
      END IF;
    END LOOP;
  END IF;
  RETURN NEW;
END $$;

-- Values that are there already and stay as they are do not count: re-encryption comes to them.
CREATE TRIGGER retired_key_new BEFORE INSERT ON app.folders FOR EACH ROW EXECUTE FUNCTION app.refuse_retired_key('name_cipher');
CREATE TRIGGER retired_key BEFORE UPDATE ON app.folders FOR EACH ROW
  WHEN (NEW.name_cipher IS DISTINCT FROM OLD.name_cipher) EXECUTE FUNCTION app.refuse_retired_key('name_cipher');
CREATE TRIGGER retired_key_new BEFORE INSERT ON app.documents FOR EACH ROW
  EXECUTE FUNCTION app.refuse_retired_key('name_cipher', 'content_type_cipher');
CREATE TRIGGER retired_key_name BEFORE UPDATE ON app.documents FOR EACH ROW
  WHEN (NEW.name_cipher IS DISTINCT FROM OLD.name_cipher) EXECUTE FUNCTION app.refuse_retired_key('name_cipher');
CREATE TRIGGER retired_key_type BEFORE UPDATE ON app.documents FOR EACH ROW
  WHEN (NEW.content_type_cipher IS DISTINCT FROM OLD.content_type_cipher) EXECUTE FUNCTION app.refuse_retired_key('content_type_cipher');

-- An upload's body goes under the version that its row was begun with; a row that is begun is counted by the inventory.
CREATE FUNCTION app.refuse_retired_body() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.key_version < (SELECT h.least_key_version FROM app.tenant_home h WHERE h.tenant_id = NEW.tenant_id) THEN
    RAISE EXCEPTION 'a body would be under a key version that is retired' USING ERRCODE = 'LH020';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER retired_body_new BEFORE INSERT ON app.documents FOR EACH ROW EXECUTE FUNCTION app.refuse_retired_body();
CREATE TRIGGER retired_body BEFORE UPDATE ON app.documents FOR EACH ROW
  WHEN (NEW.key_version IS DISTINCT FROM OLD.key_version) EXECUTE FUNCTION app.refuse_retired_body();
