import { changeHold, type HoldChange } from "@leasehold/db/control/offboarding/change-hold";
import { placeLegalHold, releaseLegalHold } from "@leasehold/db/control/offboarding/legal-holds";
import { isDomainError } from "@leasehold/domain/errors";
import { newId } from "@leasehold/domain/ids";
import type { WorkflowHandle } from "@temporalio/client";
import { beginAsDecided } from "./begin-as-decided.ts";
import { type Closing, dayMs, readFacts } from "./closing.ts";
import { type Beginning, decideInModel, endAfter, type HoldModel, type Move, passInModel } from "./hold-model.ts";
import type { SkippedWorld } from "./skipped-closing.ts";

const reason = "Decided in a test";
/** Before an end: long enough that a slow machine is still before it when it decides. */
const almostMs = 90_000;

/**
 * Plays moves against a real closing and the model beside it, and lets the closing come to its end.
 * @throws Error where the two differ, with the move
 */
export async function playMoves(
  world: SkippedWorld,
  holdDays: number,
  moves: readonly Move[],
  beginning: Beginning = { by: "owner", before: "nothing" },
): Promise<void> {
  const begun = await beginAsDecided(world, holdDays, beginning);
  if (begun === undefined) return;
  // What runs on a later version cannot go on an earlier one; the next closing begins on the version as it is.
  await playAll(world, holdDays, moves, begun).finally(() =>
    moves.some(({ move }) => move === "deploy") ? world.replaceWorker() : undefined,
  );
}

async function playAll(
  world: SkippedWorld,
  holdDays: number,
  moves: readonly Move[],
  { closing, handle }: { closing: Closing; handle: WorkflowHandle },
): Promise<void> {
  let version: "patched" | undefined;
  await world.awaitHold(closing);
  const { ends_at } = await readFacts(world.databases, closing);
  const end = Number(ends_at);
  let model: HoldModel = { state: "CLOSING", began: end - holdDays * dayMs, end, cases: [], wish: undefined };
  const holds = new Map<number, string>();
  const played: string[] = [];
  const compare = async () => {
    await world
      .until(closing, (facts) => facts.state === stateIn(model))
      .catch((error: unknown) => {
        throw new Error(`the model says ${stateIn(model)} after ${played.join(", ")}`, { cause: error });
      });
    const facts = await readFacts(world.databases, closing);
    const found = { end: Number(facts.ends_at), cases: facts.open_holds, cancelled: facts.cancelled };
    const wanted = { end: model.end, cases: model.cases.length, cancelled: model.state === "REOPENED" };
    if (JSON.stringify(found) !== JSON.stringify(wanted))
      throw new Error(`${JSON.stringify(found)} is not ${JSON.stringify(wanted)} after ${played.join(", ")}`);
    if (model.state !== "SHREDDING" && (facts.shredding_at !== null || (await world.shreddedSteps(closing)).length > 0))
      throw new Error(`something was shredded after ${played.join(", ")}`);
  };

  for (const move of moves) {
    const now = await world.now();
    played.push(JSON.stringify(move));
    const target = targetOf(move, model, now);
    if (move.move === "deploy") version = "patched";
    if (move.move === "crash" || move.move === "deploy") await world.replaceWorker(version);
    else if (target !== undefined) await world.skipTo(target);
    else {
      const before = model;
      const expected = decideInModel(model, move, now);
      const answer = await decide(world, closing, before, move, now, holds);
      if (answer !== expected.answer) throw new Error(`${answer} is not ${expected.answer} after ${played.join(", ")}`);
      model = expected.model;
      await world.tell(closing);
    }
    model = passInModel(model, await world.now());
    await compare();
  }
  for (const [caseNumber, holdId] of holds) {
    await releaseLegalHold(world.pools.operator, closing.operator(), { holdId, reason });
    model = { ...model, cases: model.cases.filter((open) => open !== caseNumber) };
  }
  await world.tell(closing);
  played.push("nothing any more");
  await world.skipTo(model.end + 2.4 * dayMs);
  model = passInModel(model, await world.now());
  await compare();
  const outcome = await handle.result();
  if (outcome !== (model.state === "SHREDDING" ? "SUCCEEDED" : "ROLLED_BACK"))
    throw new Error(`it ended ${outcome} after ${played.join(", ")}`);
}

const stateIn = ({ state }: HoldModel) => (state === "REOPENED" ? "ACTIVE" : state);

/** The moment that a move of time goes to. A little past whole days from the beginning, when runs look around by themselves. */
function targetOf(move: Move, { began, end }: HoldModel, now: number): number | undefined {
  if (move.move === "to-end") return end + 60_000 > now ? Math.max(end, now) : now;
  if (move.move === "almost-to-end") return Math.max(end - almostMs, now);
  if (move.move !== "pass") return undefined;
  const target = now + move.days * dayMs;
  const intoDay = (target - began) % dayMs;
  return intoDay < dayMs / 10 ? target + dayMs / 5 : target;
}

async function decide(
  world: SkippedWorld,
  closing: Closing,
  model: HoldModel,
  move: Move,
  now: number,
  holds: Map<number, string>,
): Promise<string> {
  return act().then(
    () => "accepted",
    (error: unknown) => (isDomainError(error) && error.reason !== undefined ? error.reason : Promise.reject(error)),
  );

  async function act(): Promise<unknown> {
    const { operator } = world.pools;
    if (move.move === "place") {
      const { holdId } = await placeLegalHold(operator, closing.operator(), { caseNumber: String(move.caseNumber), reason });
      return holds.set(move.caseNumber, holdId);
    }
    if (move.move === "release") {
      const caseNumber = model.cases[move.index % Math.max(model.cases.length, 1)];
      if (caseNumber === undefined) return;
      await releaseLegalHold(operator, closing.operator("grace"), { holdId: holds.get(caseNumber) ?? "", reason });
      return holds.delete(caseNumber);
    }
    const side = "by" in move ? move.by : "owner";
    const [pool, ctx] = side === "owner" ? [world.pools.portal, closing.owner] : [operator, closing.operator()];
    const change = changeOf(move, model, now);
    if (change === undefined) return;
    return changeHold(pool, ctx, { ...change, operationId: closing.operationId, reason, idempotencyKey: newId("command") });
  }
}

function changeOf(move: Move, model: HoldModel, now: number): HoldChange | undefined {
  const iso = (at: number) => new Date(at).toISOString();
  if (move.move === "cancel") return { change: "cancel" };
  if (move.move === "withdraw") return { change: "withdraw-shortening" };
  if (move.move === "extend") return { change: "extend", endsAt: iso(model.end + move.days * dayMs) };
  if (move.move === "shorten") return { change: "shorten", endsAt: iso(endAfter(model, now, move.part)) };
  if (move.move === "agree") return { change: "shorten", endsAt: iso(model.wish?.to ?? model.end) };
  return undefined;
}
