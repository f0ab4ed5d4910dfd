import { placeLegalHold } from "@leasehold/db/control/offboarding/legal-holds";
import { requestOffboarding } from "@leasehold/db/control/offboarding/request-offboarding";
import { newId, type OperationId } from "@leasehold/domain/ids";
import { roles } from "@leasehold/domain/roles";
import { holdClosing } from "../offboarding/hold-closing.ts";
import { operators } from "../operators.ts";
import { portalCallers } from "./callers.ts";
import type { Case, Row } from "./case.ts";
import type { MatrixWorld, Person } from "./matrix-world.ts";
import { callerOf, everyRole, portalRow } from "./tenant-row.ts";

const dayMs = 86_400_000;
const idempotencyKey = () => newId("request");
const inDays = (days: number) => new Date(Date.now() + days * dayMs).toISOString();
const decided = ["control.audit", "control.commands", "control.hold_changes", "control.offboardings"];

interface Closing extends Person {
  operationId: OperationId;
}

/** A workspace of its own, on which nothing else is under way. */
async function freshOwner({ portal }: MatrixWorld): Promise<Person> {
  const person = await portal.member("owner");
  await portal.settle(person);
  return person;
}

/** One in its hold, for one request that changes it. */
async function freshClosing(world: MatrixWorld): Promise<Closing> {
  const person = await freshOwner(world);
  const { slug } = person;
  const request = { slug, confirmation: slug, withExport: false, idempotencyKey: idempotencyKey() };
  const { operationId } = await person.call((call) => call.offboarding.request(request));
  await holdClosing(world.application.world.pool("control", "worker"), { tenantId: person.tenantId, operationId });
  return { ...person, operationId };
}

interface ClosingRow {
  make(world: MatrixWorld): Promise<Closing | Person>;
  input(at: { slug: string; operationId: OperationId }): object;
  changes: readonly string[];
  audit: string;
  /** What a guessed closing, and another's, are answered with; not asked where none is named. */
  swapped?: string;
  /** What the owner of a suspended workspace is answered with. */
  suspended: string;
}

/** What only an owner decides, once for each workspace. */
function closingRow({ make, input, changes, audit, swapped, suspended }: ClosingRow): Row<MatrixWorld> {
  return {
    async cases(world) {
      const callers = portalCallers(world);
      const { ours, theirs, closed } = world;
      const none = newId("operation");
      const at = (slug: string, operationId: OperationId = none) => input({ slug, operationId });
      const refused = (name: string, expect: string, slug = ours.slug): Case => ({
        what: `as ${name}`,
        caller: callerOf(callers, name),
        input: at(slug),
        expect,
      });
      const cases = [
        ...["anonymous", "operator", "API key"].map((name) => refused(name, "UNAUTHENTICATED")),
        ...roles.filter((role) => role !== "owner").map((role) => refused(role, "FORBIDDEN")),
        ...roles.map((role): Case => ({ ...refused(`their ${role}`, "NOT_FOUND"), twin: { input: at("nowhere-to-be-found") } })),
        refused("closed tenant's owner", "NOT_FOUND", closed.owner.slug),
        refused("suspended tenant's owner", suspended, world.suspended.owner.slug),
      ];
      let another: OperationId | undefined;
      for (const name of ["owner", "member of both"]) {
        const made = await make(world);
        if (name === "member of both") await world.join(theirs, made.userId);
        const operationId = "operationId" in made ? made.operationId : undefined;
        another ??= operationId;
        const caller = { name, cookie: made.call.cookie() };
        cases.push({ what: `as ${name}`, caller, input: at(made.slug, operationId), expect: "ok", of: made.tenantId, changes, audit });
      }
      if (swapped !== undefined)
        cases.push({
          what: "another's operation",
          caller: callerOf(callers, "owner"),
          input: at(ours.slug, another),
          expect: swapped,
          twin: { input: at(ours.slug) },
        });
      return cases;
    },
  };
}

const holdRow = (audit: string, input: ClosingRow["input"], make = freshClosing) =>
  closingRow({ make, input, changes: decided, audit, swapped: "NOT_FOUND", suspended: "NOT_FOUND" });

/** A closing that waits with an earlier end that its owner has asked for. */
async function freshShortening(world: MatrixWorld): Promise<Closing> {
  const closing = await freshClosing(world);
  const { slug, operationId } = closing;
  const request = { slug, operationId, endsAt: inDays(2), idempotencyKey: idempotencyKey() };
  await closing.call((call) => call.offboarding.shorten(request));
  return closing;
}

/** Procedures of the portal about letting a workspace go. */
export const offboardingRows: Record<string, Row<MatrixWorld>> = {
  "offboarding.preview": portalRow({ roles: ["owner"] }),
  "offboarding.current": portalRow({ roles: everyRole, whileShut: true }),
  "offboarding.events": {
    async cases(world) {
      const { ours, theirs } = world;
      const row = portalRow({ roles: ["owner"], whileShut: true, input: () => ({ operationId: ours.operationId }) });
      const of = (operationId: string) => ({ slug: ours.slug, operationId });
      const swap = { input: of(theirs.operationId), expect: "ok", twin: { input: of(newId("operation")) } };
      return [...(await row.cases(world)), { what: "another's operation", caller: callerOf(portalCallers(world), "owner"), ...swap }];
    },
  },
  "offboarding.request": closingRow({
    async make(world) {
      await world.portal.settle(world.suspended.owner);
      return freshOwner(world);
    },
    input: ({ slug }) => ({ slug, confirmation: slug, withExport: false, reason: "tried by a test", idempotencyKey: idempotencyKey() }),
    changes: ["control.audit", "control.commands", "control.offboardings", "control.operations"],
    audit: "offboarding.requested",
    suspended: "PRECONDITION_FAILED",
  }),
  "offboarding.cancel": holdRow("offboarding.hold-cancelled", (at) => ({ ...at, idempotencyKey: idempotencyKey() })),
  "offboarding.extend": holdRow("offboarding.hold-extended", (at) => ({ ...at, endsAt: inDays(60), idempotencyKey: idempotencyKey() })),
  "offboarding.shorten": holdRow("offboarding.hold-shorten-asked", (at) => ({
    ...at,
    endsAt: inDays(3),
    idempotencyKey: idempotencyKey(),
  })),
  "offboarding.withdrawShortening": holdRow(
    "offboarding.hold-shorten-withdrawn",
    (at) => ({ ...at, idempotencyKey: idempotencyKey() }),
    freshShortening,
  ),
};

const reason = "tried by a test";

/** What an operator does to a tenant that is let go: each on a workspace of its own. */
export const operatorChanges = {
  async request(world: MatrixWorld) {
    const { tenantId, slug } = await freshOwner(world);
    const changes = ["control.audit", "control.commands", "control.offboardings", "control.operations"];
    const input = { tenantId, confirmation: slug, withExport: true, reason, idempotencyKey: idempotencyKey() };
    return { input, of: tenantId, changes, audit: "offboarding.requested" };
  },
  async decide(world: MatrixWorld) {
    const { tenantId, slug } = await freshOwner(world);
    const another = { tenantId, actor: { type: "operator", operatorId: operators.grace }, requestId: newId("request") } as const;
    const { operationId } = await requestOffboarding(world.application.world.pool("control", "operator"), another, {
      reason,
      confirmation: slug,
      withExport: false,
      idempotencyKey: idempotencyKey(),
    });
    return {
      input: { tenantId, operationId, decision: "approve", reason, idempotencyKey: idempotencyKey() },
      of: tenantId,
      changes: ["control.audit", "control.commands", "control.offboardings", "control.operation_events", "control.operations"],
      audit: "offboarding.approved",
    };
  },
  async changeHold(world: MatrixWorld) {
    const { tenantId, operationId } = await freshClosing(world);
    const input = { tenantId, operationId, change: "cancel", reason, idempotencyKey: idempotencyKey() };
    return { input, of: tenantId, changes: decided, audit: "offboarding.hold-cancelled" };
  },
  async placeLegalHold({ portal }: MatrixWorld) {
    const { tenantId } = await portal.member("owner");
    const input = { tenantId, caseNumber: "2031-7", reason };
    return { input, of: tenantId, changes: ["control.audit", "control.legal_holds"], audit: "legal-hold.placed" };
  },
  async releaseLegalHold(world: MatrixWorld) {
    const { tenantId } = await world.portal.member("owner");
    const holdId = await legalHoldOn(world, tenantId);
    return {
      input: { tenantId, holdId, reason },
      of: tenantId,
      changes: ["control.audit", "control.legal_holds"],
      audit: "legal-hold.released",
    };
  },
};

/** Another tenant's legal hold, and one that does not exist, under our tenant's id. */
export async function swappedLegalHold(world: MatrixWorld) {
  const { ours, theirs } = world;
  const of = (holdId: string) => ({ tenantId: ours.tenantId, holdId, reason });
  return { input: of(await legalHoldOn(world, theirs.tenantId)), twin: of(newId("legalHold")), expect: "NOT_FOUND" };
}

async function legalHoldOn({ application }: MatrixWorld, tenantId: Person["tenantId"]): Promise<string> {
  const actor = { type: "operator", operatorId: operators.grace } as const;
  const pool = application.world.pool("control", "operator");
  const { holdId } = await placeLegalHold(pool, { tenantId, actor, requestId: newId("request") }, { caseNumber: newId("event"), reason });
  return holdId;
}
