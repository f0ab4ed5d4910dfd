import { documents, folders } from "@leasehold/db/application/schema/documents";
import { tenantHome } from "@leasehold/db/application/schema/tenant-home";
import { withAdministration } from "@leasehold/db/application/with-administration";
import { tenantQuery, withTenant } from "@leasehold/db/application/with-tenant";
import { createPool, withConnection } from "@leasehold/db/client";
import { newId } from "@leasehold/domain/ids";
import { eq, sql } from "drizzle-orm";
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startCountingProxy } from "../support/counting-proxy.ts";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";

let databases: TestDatabases;
let pool: pg.Pool;
let worker: pg.Pool;
let tenantId: ReturnType<typeof newId<"tenant">>;
let scope: { tenantId: string; epoch: number };

beforeAll(async () => {
  databases = await createTestDatabases();
  pool = createPool(databases.urlOf("application", "app_tenant"), { max: 1 });
  worker = createPool(databases.urlOf("application", "worker"), { max: 2 });
});
beforeEach(async () => {
  tenantId = newId("tenant");
  scope = { tenantId, epoch: 1 };
  await withAdministration(worker, tenantId, (tx) =>
    tx
      .insert(tenantHome)
      .values({ tenantId, epoch: 1 })
      .then(() => undefined),
  );
});
afterAll(async () => {
  await Promise.all([pool.end(), worker.end()]);
  await databases[Symbol.asyncDispose]();
});

const aFolder = () => ({
  tenantId,
  folderId: newId("folder"),
  nameCipher: Buffer.from("n"),
  nameHmac: Buffer.from(newId("folder")),
  createdBy: "usr",
});
const setHome = (values: { epoch?: number; mode?: "rw" | "ro" | "moved" | "closed" }) =>
  withAdministration(worker, tenantId, async (tx) => {
    await tx.update(tenantHome).set(values).where(eq(tenantHome.tenantId, tenantId));
  });
const write = (at = scope) => withTenant(pool, at, (tx) => tx.insert(folders).values(aFolder()));
const read = (at: Parameters<typeof tenantQuery>[1] = { ...scope, access: "read" }) =>
  tenantQuery(pool, at, (tx) => tx.select().from(folders).where(eq(folders.tenantId, tenantId)));
const settings = async () =>
  (
    await pool.query(
      "select current_setting('app.tenant', true) as tenant, current_setting('transaction_read_only') as read_only, txid_current_if_assigned() as open",
    )
  ).rows[0];

describe("round trips", () => {
  test("one for a single statement, two for a callback, counted outside of the process", async () => {
    await using proxy = await startCountingProxy(databases.urlOf("application", "app_tenant"));
    const far = createPool(proxy.url, { max: 1 });
    await tenantQuery(far, scope, (tx) => tx.select().from(folders));
    proxy.takeRoundTrips();
    await tenantQuery(far, scope, (tx) => tx.select().from(folders));
    expect(proxy.takeRoundTrips()).toBe(1);
    await withTenant(far, scope, (tx) => tx.insert(folders).values(aFolder()));
    expect(proxy.takeRoundTrips()).toBe(2);
    await far.end();
  });

  test("a second statement in the single form is refused", async () => {
    const twice = tenantQuery(pool, scope, async (tx) => {
      await tx.insert(folders).values(aFolder());
      return tx.select().from(folders);
    });
    await expect(twice).rejects.toThrow("one statement only");
  });
});

describe("the fence", () => {
  test.each([
    ["an unknown tenant", () => ({ tenantId: newId("tenant"), epoch: 1 }), "NOT_FOUND", "tenant-unknown"],
    ["an epoch that is over", () => ({ ...scope, epoch: 2 }), "UNAVAILABLE", "tenant-moved"],
  ] as const)("refuses %s", async (_what, at, code, reason) => {
    await expect(write(at())).rejects.toMatchObject({ name: "DomainError", code, reason });
    await expect(read(at())).rejects.toMatchObject({ name: "DomainError", code, reason });
  });

  test("lets a frozen tenant read, and write nothing", async () => {
    await write();
    await setHome({ mode: "ro" });
    await expect(write()).rejects.toMatchObject({ code: "UNAVAILABLE", reason: "tenant-read-only" });
    expect(await read()).toHaveLength(1);
    const smuggled = withTenant(pool, { ...scope, access: "read" }, (tx) => tx.insert(folders).values(aFolder()));
    await expect(smuggled).rejects.toMatchObject({ sqlState: "25006" });
  });

  test.each([
    ["moved", "UNAVAILABLE", "tenant-moved"],
    ["closed", "PRECONDITION_FAILED", "tenant-closed"],
  ] as const)("lets nobody into a tenant that is %s", async (mode, code, reason) => {
    await setHome({ mode });
    await expect(write()).rejects.toMatchObject({ code, reason });
    await expect(read()).rejects.toMatchObject({ code, reason });
  });

  test("a change of the home row waits for running transactions, and a new one is tried again until it is done", async () => {
    const order: string[] = [];
    const other = createPool(databases.urlOf("application", "app_tenant"), { max: 2 });
    const running = withTenant(other, scope, async (tx) => {
      await tx.execute(sql`select pg_sleep(0.3)`);
      order.push("running");
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const moving = setHome({ epoch: 2 }).then(() => order.push("changed"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const late = withTenant(other, scope, (tx) => tx.insert(folders).values(aFolder()));
    await expect(late).rejects.toMatchObject({ reason: "tenant-moved" });
    await Promise.all([running, moving]);
    expect(order).toEqual(["running", "changed"]);
    await other.end();
  });

  test("a fence that stays taken is given up as busy, within two seconds", async () => {
    await withConnection(databases.urlOf("application", "worker"), async (holder) => {
      await holder.query("begin");
      await holder.query("select pg_advisory_xact_lock(app.fence_key($1))", [tenantId]);
      const started = performance.now();
      await expect(read()).rejects.toMatchObject({ code: "UNAVAILABLE", reason: "tenant-busy", retryAfterSeconds: 1 });
      expect(performance.now() - started).toBeLessThan(2_500);
      await holder.query("rollback");
    });
    expect(await read()).toEqual([]);
  });

  test("is refused under another isolation level", async () => {
    await withConnection(databases.urlOf("application", "app_tenant"), async (client) => {
      await client.query("begin isolation level repeatable read");
      await expect(client.query("select app.enter($1, 1)", [tenantId])).rejects.toMatchObject({ code: "25001" });
    });
  });
});

describe("a pooled connection", () => {
  const clean = { tenant: "", read_only: "off", open: null };
  test("keeps nothing of a transaction, whether it committed, failed or was refused", async () => {
    await write();
    expect(await settings()).toEqual(clean);
    await read();
    expect(await settings()).toEqual(clean);
    await expect(withTenant(pool, scope, (tx) => tx.execute(sql`select 1/0`))).rejects.toMatchObject({ name: "DatabaseFault" });
    expect(await settings()).toEqual(clean);
    await expect(write({ ...scope, epoch: 9 })).rejects.toThrow();
    expect(await settings()).toEqual(clean);
  });

  test("sees no row without a tenant", async () => {
    await write();
    expect((await pool.query("select from app.folders")).rowCount).toBe(0);
  });

  test("rolls back when the callback throws, and shows the error as it was", async () => {
    const thrown = withTenant(pool, scope, async (tx) => {
      await tx.insert(folders).values(aFolder());
      throw new Error("changed my mind");
    });
    await expect(thrown).rejects.toThrow("changed my mind");
    expect(await read()).toEqual([]);
  });

  test("never reports success when an error inside was swallowed", async () => {
    const swallowed = withTenant(pool, scope, async (tx) => {
      await tx.insert(folders).values(aFolder());
      await tx.execute(sql`select 1/0`).catch(() => {});
    });
    await expect(swallowed).rejects.toThrow("ended with ROLLBACK");
    expect(await read()).toEqual([]);
  });

  test("cut in the middle of a transaction leaves no row, and the pool goes on", async () => {
    await using proxy = await startCountingProxy(databases.urlOf("application", "app_tenant"));
    const far = createPool(proxy.url, { max: 1 });
    const cut = withTenant(far, scope, async (tx) => {
      await tx.insert(folders).values(aFolder());
      proxy.cut();
      await tx.select().from(folders);
    });
    await expect(cut).rejects.toMatchObject({ code: "UNAVAILABLE", reason: "database-away" });
    expect(await read()).toEqual([]);
    expect(await tenantQuery(far, scope, (tx) => tx.select().from(folders))).toEqual([]);
    await far.end();
  });
});

describe("errors", () => {
  test("a taken name is a conflict that names the constraint, and tells no value", async () => {
    const folder = aFolder();
    await withTenant(pool, scope, (tx) => tx.insert(folders).values(folder));
    const again = withTenant(pool, scope, (tx) => tx.insert(folders).values({ ...folder, folderId: newId("folder") }));
    const error = await again.catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "CONFLICT", reason: "folders_tenant_id_parent_id_name_hmac_key" });
    expect(JSON.stringify([error, (error as Error).message, String((error as Error).cause)])).not.toContain(tenantId);
  });

  test("another tenant's folder cannot be referred to, even by its id", async () => {
    const folder = aFolder();
    await withTenant(pool, scope, (tx) => tx.insert(folders).values(folder));
    const thief = newId("tenant");
    await withAdministration(worker, thief, (tx) =>
      tx
        .insert(tenantHome)
        .values({ tenantId: thief, epoch: 1 })
        .then(() => undefined),
    );
    const stolen = withTenant(pool, { tenantId: thief, epoch: 1 }, (tx) =>
      tx.insert(documents).values({
        ...aFolder(),
        tenantId: thief,
        folderId: folder.folderId,
        documentId: newId("document"),
        contentTypeCipher: Buffer.from("c"),
        objectKey: "o",
        keyVersion: 1,
      }),
    );
    await expect(stolen).rejects.toMatchObject({ code: "PRECONDITION_FAILED" });
  });
});
