import { changeHold } from "@leasehold/db/control/offboarding/change-hold";
import { placeLegalHold, releaseLegalHold } from "@leasehold/db/control/offboarding/legal-holds";
import { newId } from "@leasehold/domain/ids";
import { type Closing, dayMs, readFacts, requestClosing, seedActiveTenant } from "../support/offboarding/closing.ts";
import { createSkippedWorld } from "../support/offboarding/skipped-closing.ts";
import { beginUnderEpoch, moveEpoch } from "../support/offboarding/waiting-closing.ts";
import { saveHistory, toJson } from "./save-history.ts";

// Writes the histories of closings that replay.test.ts replays, from runs on skipped time: node tests/replay/write-offboarding-histories.ts.
// When to run it, write-histories.ts says.
const reason = "Decided for a history";

await using world = await createSkippedWorld();

async function begin(holdDays: number): Promise<Closing & { end: number; result(): Promise<unknown> }> {
  const closing = await requestClosing(world.pools, await seedActiveTenant(world.databases), { holdDays });
  const handle = await world.start(closing);
  await world.awaitHold(closing);
  const { ends_at } = await readFacts(world.databases, closing);
  return { ...closing, end: Number(ends_at), result: () => handle.result() };
}

async function write(name: string, closing: Closing): Promise<void> {
  await saveHistory(`offboarding-${name}`, toJson(await world.historyOf(closing)));
}

const held = await begin(30);
await world.skipTo(held.end - 12.5 * dayMs);
await write("held", held);

const change = { operationId: held.operationId, reason, idempotencyKey: newId("command") };
await changeHold(world.pools.operator, held.operator(), { ...change, change: "extend", endsAt: new Date(held.end + dayMs).toISOString() });
await world.tell(held);
await changeHold(world.pools.portal, held.owner, { ...change, change: "cancel", idempotencyKey: newId("command") });
await world.tell(held);
await held.result();
await write("cancelled", held);

const stopped = await begin(1);
const { holdId } = await placeLegalHold(world.pools.operator, stopped.operator(), { caseNumber: "1", reason });
await world.tell(stopped);
await world.skipTo(stopped.end + 2.5 * dayMs);
await write("legal-hold", stopped);
await releaseLegalHold(world.pools.operator, stopped.operator(), { holdId, reason });
await world.tell(stopped);
await stopped.result();
await write("finished", stopped);

const due = (await world.now()) + 5 * 3_600_000;
const waiting = await beginUnderEpoch(world, 1, new Date(due));
await world.skipTo(due - 2.5 * 3_600_000);
await write("turn-awaited", waiting.closing);
await world.skipTo(due + 30_000);
await moveEpoch(world, 1, "TURNING");
await moveEpoch(world, 1, "RETIRED");
await waiting.handle.result();
await write("turn-finished", waiting.closing);
