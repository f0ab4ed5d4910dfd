-- How whoever asked for a closing proved once more who they are: the certificate says it. Unknown for operators, whose wish another one
-- approves, and for closings from before.
ALTER TABLE control.offboardings ADD COLUMN confirmed_by text CHECK (confirmed_by IN ('fresh-sign-in', 'password', 'second-factor'));
GRANT INSERT (confirmed_by) ON control.offboardings TO portal, operator;
