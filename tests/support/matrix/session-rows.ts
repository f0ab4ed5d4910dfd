import { newId } from "@leasehold/domain/ids";
import type { MatrixWorld } from "./matrix-world.ts";

/** An operator ends the sessions of somebody of a tenant of their own; somebody of another one is nobody there. */
export async function endedSessions({ portal, ours, theirs }: MatrixWorld) {
  const person = await portal.member("owner");
  const of = (tenantId: string, userId: string) => ({ tenantId, userId, reason: "tried by a test" });
  return {
    swap: { input: of(ours.tenantId, theirs.people.owner.userId), twin: of(ours.tenantId, newId("user")), expect: "NOT_FOUND" },
    change: {
      input: of(person.tenantId, person.userId),
      of: person.tenantId,
      changes: ["control.audit", "control.session_ends"],
      audit: "sessions.end-requested",
    },
  };
}
