import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { sealAudit } from "@leasehold/db/audit/seal-audit";
import { verifyChain } from "@leasehold/db/audit/verify-chain";
import { createPool } from "@leasehold/db/client";
import { newId } from "@leasehold/domain/ids";
import { createLogger } from "@leasehold/tenancy/logger";
import { createAuditDatabases } from "@leasehold/worker/audit/audit-databases";
import { startSealer } from "@leasehold/worker/audit/start-sealer";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { addAuditRow, asOwner, readEntries, sealAll } from "../support/audit-fixtures.ts";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";

let databases: TestDatabases;
beforeAll(async () => {
  databases = await createTestDatabases();
});
afterAll(() => databases[Symbol.asyncDispose]());

test("sealers that are killed in the middle lose no row and seal none twice", async () => {
  const tenantIds = Array.from({ length: 5 }, () => newId("tenant"));
  let writing = true;
  const write = asOwner(databases, "control", async (owner) => {
    for (let round = 0; round < 60; round++) for (const tenantId of tenantIds) await addAuditRow(owner, "control", tenantId, { round });
    writing = false;
  });
  let kills = 0;
  while (writing) {
    const child = fork(new URL("../support/seal-forever.ts", import.meta.url), [databases.urlOf("control", "worker")]);
    await once(child, "message");
    await sleep(50 + Math.random() * 150);
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    kills += 1;
  }
  await write;
  expect(kills).toBeGreaterThan(0);
  const pool = createPool(databases.urlOf("control", "worker"), { max: 2 });
  await sealAll(pool, "control").finally(() => pool.end());
  for (const tenantId of tenantIds) {
    const entries = await readEntries(databases, "control", tenantId);
    expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    expect(verifyChain(entries).problems).toEqual([]);
  }
});

test("a pass that takes not all of a tenant's rows says so, and the next takes the rest", async () => {
  const tenantId = newId("tenant");
  await asOwner(databases, "application", async (owner) => {
    for (let index = 0; index < 501; index++) await addAuditRow(owner, "application", tenantId, { index });
  });
  const pool = createPool(databases.urlOf("application", "worker"), { max: 1 });
  try {
    expect(await sealAudit(pool, "application")).toMatchObject({ rows: 500, more: true, failed: [] });
    expect(await sealAudit(pool, "application")).toMatchObject({ rows: 1, more: false, failed: [] });
    expect(await sealAudit(pool, "application")).toMatchObject({ rows: 0, more: false, oldestMs: 0 });
  } finally {
    await pool.end();
  }
});

test("the worker's sealer seals both planes as rows come, and says how far behind it is", async () => {
  const pools = (["control", "application"] as const).map((plane) => createPool(databases.urlOf(plane, "worker"), { max: 2 }));
  const [control, application] = pools as [(typeof pools)[0], (typeof pools)[0]];
  const auditDatabases = createAuditDatabases({ control, application, applicationDatabaseUrl: databases.urlOf("application", "worker") });
  const sealer = startSealer({ databases: auditDatabases, logger: createLogger({ name: "test", level: "silent" }) });
  try {
    const tenantId = newId("tenant");
    for (const plane of ["control", "application"] as const) {
      await asOwner(databases, plane, (owner) => addAuditRow(owner, plane, tenantId));
      await vi.waitFor(async () => expect((await readEntries(databases, plane, tenantId))[0]?.seq).toBe(1), { timeout: 10_000 });
    }
    expect(sealer.sealing).toBe(true);
    expect(Object.keys(sealer.lags())).toEqual(expect.arrayContaining(["control", "pool"]));
  } finally {
    await sealer.stop();
    await auditDatabases.close();
    await Promise.all(pools.map((pool) => pool.end()));
  }
});
