import { call } from "./call.ts";
import { type Case, type MatrixApp, type Row, requiredCallers } from "./case.ts";
import { changedBetween, digestTenant } from "./digest.ts";
import type { MatrixWorld, Side } from "./matrix-world.ts";
import type { Procedure } from "./procedures.ts";
import { missingSwaps } from "./swaps.ts";

/**
 * Tries every case of one row. Refusals and questions leave both tenants as they were, to the byte; a change changes the tables
 * that the row names, leaves the audit row that it names, and nothing at the other tenant.
 * @returns what went otherwise, in words
 */
export async function checkRow(world: MatrixWorld, procedure: Procedure, row: Row<MatrixWorld>): Promise<string[]> {
  const cases = await row.cases(world);
  const wrong = missingOf(procedure.app, cases).map((name) => `says nothing of ${name}`);
  if (!cases.some(({ expect }) => expect === "ok")) wrong.push("has no positive control");
  wrong.push(...(await missingSwaps(world, procedure, cases)));
  const digest = (tenantId: string) => digestTenant(world.application.world, world.application.s3, tenantId);
  const { tenantId: ours } = world.ours;
  const { tenantId: theirs } = world.theirs;
  const before = { ours: await digest(ours), theirs: await digest(theirs) };
  for (const each of cases.filter(({ changes }) => changes === undefined)) wrong.push(...(await tryCase(world, procedure, each)));
  const after = { ours: await digest(ours), theirs: await digest(theirs) };
  for (const whose of ["ours", "theirs"] as const) {
    const changed = changedBetween(before[whose], after[whose]);
    if (changed.length > 0) wrong.push(`refusals and questions changed ${whose}: ${changed.join(", ")}`);
  }
  let last = after;
  for (const each of cases.filter(({ changes }) => changes !== undefined)) {
    const of = each.of ?? ours;
    const [earlier, audits] = [await digest(of), await listAudit(world, of)];
    wrong.push(...(await tryCase(world, procedure, each)));
    const changed = changedBetween(earlier, await digest(of));
    // A change over REST keeps its answer under its idempotency key.
    const expected = [...(each.changes ?? []), ...(procedure.rest === undefined ? [] : ["app.idempotency_keys"])];
    if (changed.join() !== expected.toSorted().join()) wrong.push(`${each.what}: changed ${changed.join(", ") || "nothing"}`);
    const now = { ours: await digest(ours), theirs: await digest(theirs) };
    for (const [whose, tenantId] of [
      ["ours", ours],
      ["theirs", theirs],
    ] as const) {
      const there = tenantId === of ? [] : changedBetween(last[whose], now[whose]);
      if (there.length > 0) wrong.push(`${each.what}: changed another tenant, ${whose}: ${there.join(", ")}`);
    }
    last = now;
    const left = newOnes(audits, await listAudit(world, of));
    if (left.join() !== (each.audit ?? "")) wrong.push(`${each.what}: left the audit rows ${left.join() || "(none)"}`);
  }
  return wrong;
}

function missingOf(app: MatrixApp, cases: readonly Case[]): string[] {
  const named = new Set(cases.map(({ caller }) => caller.name));
  return requiredCallers[app].filter((name) => !named.has(name));
}

async function tryCase(world: MatrixWorld, procedure: Procedure, each: Case): Promise<string[]> {
  const wrong: string[] = [];
  const about = `${each.caller.name}, ${each.what}`;
  const answer = await call(world, procedure, each.caller, each.input);
  if (answer.code !== each.expect) wrong.push(`${about}: ${answer.code} in place of ${each.expect}: ${answer.text.slice(0, 300)}`);
  if (answer.passedOn && ["UNAUTHENTICATED", "FORBIDDEN"].includes(each.expect))
    wrong.push(`${about}: the portal leaves the refusal to others`);
  if (each.answers !== undefined && !each.answers.test(answer.text)) wrong.push(`${about}: it answers ${answer.text.slice(0, 300)}`);
  if (each.twin !== undefined) {
    const input = "input" in each.twin ? each.twin.input : each.input;
    const twin = await call(world, procedure, each.twin.caller ?? each.caller, input);
    if (twin.text !== answer.text) wrong.push(`${about}: the answers differ: ${answer.text.slice(0, 200)} | ${twin.text.slice(0, 200)}`);
  }
  if (!each.seesBoth) {
    const foreign = each.caller.name.startsWith("their ") ? world.ours : world.theirs;
    const named = marksOf(foreign).find((mark) => answer.text.includes(mark) && !JSON.stringify(each.input ?? "").includes(mark));
    if (named !== undefined) wrong.push(`${about}: the answer names ${named} of another tenant`);
  }
  return wrong;
}

/** What an answer for somebody else never holds. */
function marksOf(side: Side): string[] {
  const people = Object.values(side.people).flatMap(({ userId, email }) => [userId, email]);
  const { tenantId, slug, documentId, folderId, invitationId, operationId, sessionId, exportId, keyId } = side;
  return [tenantId, slug, documentId, folderId, invitationId, operationId, sessionId, exportId, keyId, ...people];
}

async function listAudit(world: MatrixWorld, tenantId: string): Promise<Map<string, string>> {
  type AuditRow = { audit_id: string; action: string };
  const inControl = await world.rows<AuditRow>("select audit_id, action from control.audit where tenant_id = $1", [tenantId]);
  const inApplication = await world.application.query<AuditRow>("select audit_id, action from app.audit where tenant_id = $1", [tenantId]);
  return new Map([...inControl, ...inApplication].map((row) => [row.audit_id, row.action]));
}

function newOnes(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...after]
    .filter(([auditId]) => !before.has(auditId))
    .map(([, action]) => action)
    .toSorted();
}
