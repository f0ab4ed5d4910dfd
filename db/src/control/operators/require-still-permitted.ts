import { DomainError } from "@leasehold/domain/errors";
import type { OperatorScope } from "@leasehold/domain/operators";
import { sql } from "drizzle-orm";
import type { ControlTransaction } from "../with-control.ts";

/**
 * A request that waits for a second operator counts while whoever made it could still make it: not once they were deactivated or have
 * another role. Throws PRECONDITION_FAILED `requester-gone`.
 */
export async function requireStillPermitted(tx: ControlTransaction, requestedBy: string, scope: OperatorScope): Promise<void> {
  const { rows } = await tx.execute<{ holds: boolean }>(sql`SELECT control.operator_holds(${requestedBy}, ${scope}) AS holds`);
  if (rows[0]?.holds === true) return;
  throw new DomainError(
    "PRECONDITION_FAILED",
    "Whoever asked for this may not ask for it any more, so it does not count. Reject it, and ask again if it is still wanted.",
    { reason: "requester-gone" },
  );
}
