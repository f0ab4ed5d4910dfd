-- Inserts name every column, with DEFAULT for what they leave out, and so need the right to all of them. What a new row may
-- not hold is said by policies that only narrow: the others still have to let the row in.
GRANT INSERT ON control.tenants, control.operations, control.invitations TO portal, operator;
GRANT INSERT ON control.members TO portal;

CREATE POLICY new_is_bare ON control.tenants AS RESTRICTIVE FOR INSERT TO portal, operator
  WITH CHECK (placement IS NULL AND limits IS NULL AND versions = '{}' AND activated_at IS NULL);
CREATE POLICY new_is_bare ON control.operations AS RESTRICTIVE FOR INSERT TO portal, operator
  WITH CHECK (last_seq = 0 AND attention_step IS NULL AND attention_code IS NULL AND attention_reason IS NULL AND started_at IS NULL AND finished_at IS NULL);
CREATE POLICY new_is_bare ON control.members AS RESTRICTIVE FOR INSERT TO portal WITH CHECK (operation_id IS NULL);
CREATE POLICY new_is_bare ON control.invitations AS RESTRICTIVE FOR INSERT TO portal, operator
  WITH CHECK (state IN ('HELD', 'PENDING') AND accepted_by IS NULL AND settled_at IS NULL);
