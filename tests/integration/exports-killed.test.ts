import { randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { verifyArchive } from "@leasehold/archive/verify-archive";
import { findExport } from "@leasehold/db/control/offboarding/exports/read-export";
import { afterAll, beforeAll, expect, test } from "vitest";
import { documentsOf } from "../support/documents-client.ts";
import { askForExport, awaitExport, fetchArchive, saveArchive } from "../support/exports.ts";
import { awaitOutcome } from "../support/onboarding-outcome.ts";
import { type RequestedTenant, requestOnboarding } from "../support/request-onboarding.ts";
import { issuersWithoutPortal } from "../support/use-workspace.ts";
import { createWorld, type World } from "../support/world.ts";

const many = 550;
let world: World;
let tenant: RequestedTenant;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

test("worker and application plane killed while they build: the next ones go on, and everything is there once", async () => {
  const application = await world.start("application", issuersWithoutPortal(world.stack));
  const worker = await world.start("worker");
  tenant = await requestOnboarding(world.pool("control", "portal"), { plan: "pro" });
  expect((await awaitOutcome(world, tenant)).state).toBe("SUCCEEDED");
  const documents = documentsOf(world, { ...tenant, plan: "pro" });
  for (let n = 0; n < many; n += 10)
    await Promise.all(Array.from({ length: 10 }, (_, m) => documents.store(`${n + m}.txt`, randomBytes(500))));
  const exportId = await askForExport(world, tenant);
  const control = world.pool("control", "portal");
  await expect.poll(async () => (await findExport(control, tenant.tenantId, exportId))?.documents, { timeout: 60_000 }).toBeGreaterThan(0);
  await Promise.all([worker.stop("SIGKILL"), application.stop("SIGKILL")]);
  const then = await findExport(control, tenant.tenantId, exportId);
  await world.start("application", issuersWithoutPortal(world.stack));
  await world.start("worker");
  const ready = await awaitExport(world, tenant.tenantId, exportId, 120_000);
  expect(ready).toMatchObject({ state: "READY", documents: many, unreadable: 0 });
  expect(ready.startedAt).toEqual(then?.startedAt);
  await using file = await saveArchive(await fetchArchive(world, tenant, ready));
  const { problems, manifest } = await verifyArchive(createReadStream(file.path));
  expect([problems, manifest?.counts.documents]).toEqual([[], many]);
}, 300_000);
