import { changeHold } from "@leasehold/db/control/offboarding/change-hold";
import { decideOffboarding } from "@leasehold/db/control/offboarding/decide-offboarding";
import { isDomainError } from "@leasehold/domain/errors";
import { newId } from "@leasehold/domain/ids";
import type { WorkflowHandle } from "@temporalio/client";
import { type Closing, readFacts, requestClosing, seedActiveTenant } from "./closing.ts";
import type { Beginning } from "./hold-model.ts";
import type { SkippedWorld } from "./skipped-closing.ts";

const reason = "Decided in a test";

/**
 * Asks for a closing and decides about it before its run begins. @returns the closing and its run; undefined where there is nothing to
 * decide about any more, and nothing was done
 */
export async function beginAsDecided(
  world: SkippedWorld,
  holdDays: number,
  { by, before }: Beginning,
): Promise<{ closing: Closing; handle: WorkflowHandle } | undefined> {
  const closing = await requestClosing(world.pools, await seedActiveTenant(world.databases), { by, holdDays });
  const { tenantId, operationId } = closing;
  const asked = { operationId, reason, idempotencyKey: newId("command") };
  if (by === "operator") {
    const own = await decide(world, closing, "approve", "ada");
    if (own !== "second-operator") throw new Error(`whoever asked approves: ${own}`);
    if (before !== "rejected") await decide(world, closing, "approve", "grace");
  }
  if (before === "nothing") return { closing, handle: await world.start(closing) };
  if (before === "rejected") await decide(world, closing, "reject", "grace");
  else {
    await changeHold(world.pools.portal, closing.owner, { ...asked, change: "cancel" });
    const outcome = await (await world.start(closing)).result();
    if (outcome !== "ROLLED_BACK") throw new Error(`it was cancelled before it began, and ended ${outcome}`);
  }
  const { state, operation, ends_at } = await readFacts(world.databases, closing);
  const [told] = await world.databases.query(
    "control",
    `select (select count(*)::int from control.mail_requests where tenant_id = $1) as mails,
       (select count(*)::int from control.outbox where tenant_id = $1) as events`,
    [tenantId],
  );
  const found = JSON.stringify({ state, operation, ends_at, ...told });
  const wanted = { state: "ACTIVE", operation: before === "rejected" ? "REJECTED" : "ROLLED_BACK", ends_at: null, mails: 0, events: 0 };
  if (found !== JSON.stringify(wanted)) throw new Error(`${before} before it began: ${found} is not ${JSON.stringify(wanted)}`);
  return undefined;
}

/** An operator's decision about another's wish. @returns what it came to, or the reason of its refusal */
function decide(
  world: SkippedWorld,
  closing: Closing,
  decision: "approve" | "reject",
  name: Parameters<Closing["operator"]>[0],
): Promise<string> {
  const { actor, requestId } = closing.operator(name);
  const { tenantId, operationId } = closing;
  const operatorId = actor.type === "operator" ? actor.operatorId : "";
  const asked = { tenantId, operationId, decision, reason, idempotencyKey: newId("command"), operatorId, requestId };
  return decideOffboarding(world.pools.operator, asked).catch((error: unknown) =>
    isDomainError(error) && error.reason !== undefined ? error.reason : Promise.reject(error),
  );
}
