-- Reads of payloads are kept for the days that the worker is told, and for 30 at least: whoever sweeps does not sweep up after somebody.
CREATE POLICY worker_forgets ON control.payload_reads FOR SELECT TO worker
  USING (control.current_tenant() IS NULL AND read_at < now() - interval '30 days');
CREATE POLICY worker_deletes ON control.payload_reads FOR DELETE TO worker
  USING (control.current_tenant() IS NULL AND read_at < now() - interval '30 days');
GRANT SELECT (read_id, read_at), DELETE ON control.payload_reads TO worker;
CREATE INDEX payload_reads_by_time ON control.payload_reads (read_at);

-- A mail that nobody can put into words, however often it is tried, is given up: with the kind of failure, and nothing of its content.
ALTER TABLE control.mail_requests ADD failed_at timestamptz;
ALTER TABLE control.mail_requests ADD failure text CHECK (failure ~ '^[a-z][a-z-]{0,39}$');
ALTER TABLE control.mail_requests ADD CHECK ((failed_at IS NULL) = (failure IS NULL));
ALTER TABLE control.mail_requests ADD CHECK (addressed_at IS NULL OR failed_at IS NULL);
DROP INDEX control.mail_requests_open;
CREATE INDEX mail_requests_open ON control.mail_requests (created_at) WHERE addressed_at IS NULL AND failed_at IS NULL;
GRANT UPDATE (failed_at, failure) ON control.mail_requests TO portal;
CREATE POLICY operator_reads ON control.mail_requests FOR SELECT TO operator USING (true);
GRANT SELECT (tenant_id, request_key, template, created_at, addressed_at, failed_at, failure) ON control.mail_requests TO operator;

-- What an export had to do without, by name: the manifest says so.
ALTER TABLE control.exports ADD missing text[] NOT NULL DEFAULT '{}';
GRANT UPDATE (missing) ON control.exports TO worker;
