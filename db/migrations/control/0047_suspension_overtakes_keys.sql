-- A suspension waits for no work on the tenant's keys, which may take hours: it ends it. None begins while the suspension runs, as before.
DELETE FROM control.operation_exclusions WHERE open_kind = 'keys' AND requested_kind = 'suspension';
