-- What operators read that is in no tenant's log: the control plane's own payloads, and those of tenants that have ended, whose log is
-- deleted with them. Ids and counts. Rows are added, never changed.
CREATE TABLE control.payload_reads (
  read_id text PRIMARY KEY CHECK (read_id LIKE 'aud\_%'),
  actor text NOT NULL CHECK (actor LIKE 'operator:%'),
  owner text NOT NULL,
  namespace text NOT NULL,
  runs text[] NOT NULL DEFAULT '{}',
  payloads integer NOT NULL CHECK (payloads > 0),
  request_id text NOT NULL,
  read_at timestamptz NOT NULL DEFAULT now()
);
SELECT control.protect('control.payload_reads');
CREATE POLICY operator_reads ON control.payload_reads FOR SELECT TO operator USING (true);
-- From within a tenant nothing is written here: it has a log of its own.
CREATE POLICY operator_appends ON control.payload_reads FOR INSERT TO operator WITH CHECK (control.current_tenant() IS NULL);
GRANT SELECT, INSERT ON control.payload_reads TO operator;
