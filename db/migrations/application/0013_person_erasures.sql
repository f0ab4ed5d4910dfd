-- Takes a person off what they made and the tenant keeps. Nothing else about the rows changes.
GRANT UPDATE (created_by) ON app.documents, app.folders TO worker;
GRANT UPDATE (revoked_by) ON app.api_keys TO worker;

CREATE FUNCTION app.guard_author() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.created_by <> 'erased' THEN
    RAISE EXCEPTION 'an author is taken off, and never another' USING ERRCODE = '42501';
  END IF;
  RETURN NEW;
END $$;
DO $$
DECLARE target text;
BEGIN
  FOREACH target IN ARRAY ARRAY['app.documents', 'app.folders'] LOOP
    EXECUTE format('CREATE TRIGGER guard_author BEFORE UPDATE ON %s FOR EACH ROW
      WHEN (NEW.created_by IS DISTINCT FROM OLD.created_by) EXECUTE FUNCTION app.guard_author()', target);
  END LOOP;
END $$;
CREATE INDEX documents_by_author ON app.documents (tenant_id, created_by, document_id);
