-- The owners' last mail goes out after everything else of the workspace is gone. Its row names its reader until it has gone, and not after.
GRANT UPDATE (dedupe_key) ON control.mail_outbox TO worker;
