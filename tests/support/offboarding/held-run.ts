import { changeHold, type HoldChange } from "@leasehold/db/control/offboarding/change-hold";
import { placeLegalHold, releaseLegalHold } from "@leasehold/db/control/offboarding/legal-holds";
import { newId } from "@leasehold/domain/ids";
import { type Closing, requestClosing, seedActiveTenant } from "./closing.ts";
import type { SkippedWorld } from "./skipped-closing.ts";

export const decidedReason = "Decided in a test";
export type Side = "owner" | "operator";

/** A closing in its hold; times in milliseconds of the workflow's clock. */
export interface HeldRun {
  closing: Closing;
  began: number;
  end: number;
  result(): Promise<unknown>;
}

/** Asks for a closing, starts it and waits for its hold. */
export async function beginHold(
  world: SkippedWorld,
  options: Parameters<typeof requestClosing>[2] & { state?: "ACTIVE" | "SUSPENDED" } = {},
): Promise<HeldRun> {
  return followHold(world, await requestClosing(world.pools, await seedActiveTenant(world.databases, options), options));
}

/** Starts a closing that was asked for, and waits for its hold. */
export async function followHold(world: SkippedWorld, closing: Closing): Promise<HeldRun> {
  const handle = await world.start(closing);
  await world.awaitHold(closing);
  const [row] = await world.databases.query<{ began: Date; ends: Date }>(
    "control",
    "select hold_began_at as began, hold_ends_at as ends from control.offboardings where operation_id = $1",
    [closing.operationId],
  );
  return { closing, began: Number(row?.began), end: Number(row?.ends), result: () => handle.result() };
}

/** One side's decision about the hold, which nobody tells the run of. */
export function changeHeld({ pools }: SkippedWorld, side: Side, { closing }: HeldRun, change: HoldChange): ReturnType<typeof changeHold> {
  const [pool, ctx] = side === "owner" ? [pools.portal, closing.owner] : [pools.operator, closing.operator()];
  const decided = { operationId: closing.operationId, reason: decidedReason, idempotencyKey: newId("command") };
  return changeHold(pool, ctx, { ...change, ...decided });
}

/** Places a legal hold and tells the run. @returns what releases it, and tells the run as well */
export async function placeHold(world: SkippedWorld, { closing }: HeldRun, caseNumber: string): Promise<() => Promise<void>> {
  const { holdId } = await placeLegalHold(world.pools.operator, closing.operator(), { caseNumber, reason: decidedReason });
  await world.tell(closing);
  return async () => {
    await releaseLegalHold(world.pools.operator, closing.operator("grace"), { holdId, reason: decidedReason });
    await world.tell(closing);
  };
}

/** The reminders that were asked for, oldest first, and the ends that they name. */
export async function listReminders(
  { databases }: SkippedWorld,
  { closing }: Pick<HeldRun, "closing">,
): Promise<{ days: number; ends: number }[]> {
  const rows = await databases.query<{ days: number; ends: string }>(
    "control",
    `select (props ->> 'days')::int as days, props ->> 'endsAt' as ends from control.mail_requests
     where tenant_id = $1 and template = 'closing-reminder' order by created_at`,
    [closing.tenantId],
  );
  return rows.map(({ days, ends }) => ({ days, ends: Date.parse(ends) }));
}
