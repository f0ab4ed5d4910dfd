-- Everything sealed takes part in a rotation: names of API keys, kept answers, details of the audit log.
GRANT UPDATE (name_cipher) ON app.api_keys TO app_tenant;
GRANT SELECT (name_cipher) ON app.api_keys TO worker;
GRANT UPDATE (sealed_details) ON app.audit TO app_tenant;

-- As before, and one thing more: details may be sealed anew under a later version of the data key. What they say is held by the
-- commitment, so that the chain finds details that came back as others.
CREATE OR REPLACE FUNCTION app.guard_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.tenant_id, NEW.audit_id, NEW.actor, NEW.action, NEW.target, NEW.request_id, NEW.operation_id, NEW.created_at, NEW.sealed_commitment)
    IS NOT DISTINCT FROM
    (OLD.tenant_id, OLD.audit_id, OLD.actor, OLD.action, OLD.target, OLD.request_id, OLD.operation_id, OLD.created_at, OLD.sealed_commitment) THEN
    IF OLD.seq IS NULL AND NEW.seq IS NOT NULL
      AND (NEW.details, NEW.salt, NEW.sealed_details, NEW.erased_at) IS NOT DISTINCT FROM (OLD.details, OLD.salt, OLD.sealed_details, OLD.erased_at)
    THEN RETURN NEW;
    END IF;
    IF OLD.seq IS NOT NULL AND OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL
      AND NEW.details = '{}' AND NEW.salt IS NULL AND NEW.sealed_details IS NULL
      AND (NEW.seq, NEW.details_commitment, NEW.commitment, NEW.link, NEW.sealed_at)
        IS NOT DISTINCT FROM (OLD.seq, OLD.details_commitment, OLD.commitment, OLD.link, OLD.sealed_at)
    THEN RETURN NEW;
    END IF;
    IF app.key_version_of(NEW.sealed_details) > app.key_version_of(OLD.sealed_details)
      AND (NEW.details, NEW.salt, NEW.seq, NEW.details_commitment, NEW.commitment, NEW.link, NEW.sealed_at, NEW.erased_at)
        IS NOT DISTINCT FROM (OLD.details, OLD.salt, OLD.seq, OLD.details_commitment, OLD.commitment, OLD.link, OLD.sealed_at, OLD.erased_at)
    THEN RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION 'an audit row is sealed once and may lose its details, nothing else' USING ERRCODE = '42501';
END $$;

CREATE TRIGGER retired_key_new BEFORE INSERT ON app.api_keys FOR EACH ROW EXECUTE FUNCTION app.refuse_retired_key('name_cipher');
CREATE TRIGGER retired_key_new BEFORE INSERT ON app.audit FOR EACH ROW
  WHEN (NEW.sealed_details IS NOT NULL) EXECUTE FUNCTION app.refuse_retired_key('sealed_details');
CREATE TRIGGER retired_key BEFORE UPDATE ON app.idempotency_keys FOR EACH ROW
  WHEN (NEW.sealed IS DISTINCT FROM OLD.sealed) EXECUTE FUNCTION app.refuse_retired_key('sealed');
