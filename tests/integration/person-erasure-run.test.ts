import { listCertificatesOf } from "@leasehold/db/control/offboarding/certificates/find-certificate";
import { requestErasure } from "@leasehold/db/control/offboarding/erasure/request-erasure";
import { placeLegalHold, releaseLegalHold } from "@leasehold/db/control/offboarding/legal-holds";
import { listAnswered } from "@leasehold/db/control/operations/list-answered";
import { newId } from "@leasehold/domain/ids";
import { answerAccounts } from "@leasehold/portal/server/erasure/answer-accounts";
import { createLogger } from "@leasehold/tenancy/logger";
import { expect, test } from "vitest";
import { addWorkspacePerson, tablesWith } from "../support/certificates/workspace-person.ts";
import { documentsOf } from "../support/documents-client.ts";
import { awaitOutcome, readOperation, readSteps } from "../support/onboarding-outcome.ts";
import { operators } from "../support/operators.ts";
import { requestOnboarding } from "../support/request-onboarding.ts";
import { issuersWithoutPortal } from "../support/use-workspace.ts";
import { createWorld } from "../support/world.ts";

test("a person who is asked to be erased is erased by the worker, after the legal holds that came meanwhile; the run's history names nobody", async () => {
  await using world = await createWorld();
  const application = await world.start("application", issuersWithoutPortal(world.stack));
  await world.start("worker");
  const tenant = await requestOnboarding(world.pool("control", "portal"), { plan: "pro" });
  expect((await awaitOutcome(world, tenant)).state).toBe("SUCCEEDED");
  const person = await addWorkspacePerson(world, tenant);
  const portal = {
    env: { PORTAL_DATABASE_URL: world.urlOf("control", "portal") },
    control: world.pool("control", "portal"),
    identity: world.pool("control", "identity"),
    logger: createLogger({ name: "test", level: "error" }),
  };
  let answering = Promise.resolve();
  const timer = setInterval(() => {
    answering = answerAccounts(portal).then(
      () => undefined,
      () => undefined,
    );
  }, 500);
  try {
    const ctx = { tenantId: tenant.tenantId, actor: { type: "user", userId: tenant.userId }, requestId: newId("request") } as const;
    const asked = { userId: person.userId, email: person.email, documents: "delete", idempotencyKey: newId("command") } as const;
    const { operationId } = await requestErasure(portal.control, ctx, asked);
    const erasure = { ...tenant, operationId };
    const operator = { ...ctx, actor: { type: "operator", operatorId: operators.ada } } as const;
    const [asOperator, reason] = [world.pool("control", "operator"), "A court asks for it"];
    const first = await placeLegalHold(asOperator, operator, { caseNumber: "1", reason });
    const second = await placeLegalHold(asOperator, operator, { caseNumber: "2", reason });
    // At its first step, or once a token's life is over, whichever the holds were before.
    expect((await awaitOutcome(world, erasure, undefined, 100_000)).state).toBe("NEEDS_ATTENTION");
    const documents = documentsOf(world, { ...tenant, plan: "pro" });
    for (const id of person.documentIds) expect((await documents.read(id)).length).toBe(3);
    await releaseLegalHold(asOperator, operator, { holdId: first.holdId, reason });
    expect(await listAnswered(world.pool("control", "worker"))).toEqual([]);
    await releaseLegalHold(asOperator, operator, { holdId: second.holdId, reason });
    await expect.poll(async () => (await readOperation(world, erasure)).state, { timeout: 15_000 }).toBe("RUNNING");
    const outcome = await awaitOutcome(world, erasure, ["SUCCEEDED", "NEEDS_ATTENTION", "ROLLED_BACK"], 200_000);
    expect(outcome).toMatchObject({ state: "SUCCEEDED" });
    expect(new Set(Object.values(await readSteps(world, erasure)))).toEqual(new Set(["SUCCEEDED"]));
    expect(await tablesWith(world, person.email)).toEqual([]);
    const kinds = (await listCertificatesOf(portal.control, { tenantId: tenant.tenantId, operationId })).map(({ kind }) => kind);
    expect(kinds).toEqual(["person-erasure"]);
    const history = JSON.stringify(await world.temporal.workflow.getHandle(`erasure:${operationId}`).fetchHistory());
    for (const secret of [person.userId, person.email, person.name, Buffer.from(person.userId).toString("base64").slice(0, 30)])
      expect(history).not.toContain(secret);
  } finally {
    clearInterval(timer);
    await answering;
    await application.stop();
  }
}, 300_000);
