import { hasScope, type Role, type Scope } from "@leasehold/domain/roles";

/** Whether a member may do something in a workspace now: while it is not open it is read, and nothing in it is changed. */
export function may({ role, state }: { role: Role; state: string }, scope: Scope): boolean {
  return hasScope(role, scope) && (state === "ACTIVE" || scope.endsWith(":read") || scope === "tenant:close" || scope === "tenant:export");
}
