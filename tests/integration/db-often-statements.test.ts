import { folders } from "@leasehold/db/application/schema/documents";
import { tenantHome } from "@leasehold/db/application/schema/tenant-home";
import { withAdministration } from "@leasehold/db/application/with-administration";
import { tenantQuery } from "@leasehold/db/application/with-tenant";
import { createPool } from "@leasehold/db/client";
import { StatementNames } from "@leasehold/db/statement-names";
import { newId } from "@leasehold/domain/ids";
import { eq, sql } from "drizzle-orm";
import type pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";

let databases: TestDatabases;
let preparing: pg.Pool;
let worker: pg.Pool;
let tenantId: ReturnType<typeof newId<"tenant">>;
let scope: { tenantId: string; epoch: number };

beforeAll(async () => {
  databases = await createTestDatabases();
  worker = createPool(databases.urlOf("application", "worker"), { max: 2 });
});
beforeEach(async () => {
  preparing = createPool(databases.urlOf("application", "app_tenant"), { max: 1, prepares: true });
  tenantId = await openTenant();
  scope = { tenantId, epoch: 1 };
  return () => preparing.end();
});
afterAll(async () => {
  await worker.end();
  await databases[Symbol.asyncDispose]();
});

async function openTenant(): Promise<typeof tenantId> {
  const opened = newId("tenant");
  await withAdministration(worker, opened, async (tx) => void (await tx.insert(tenantHome).values({ tenantId: opened, epoch: 1 })));
  return opened;
}

/** One folder of a tenant. */
const write = (of = tenantId) =>
  withAdministration(worker, of, async (tx) => {
    const folderId = newId("folder");
    const nameCipher = Buffer.from("n");
    await tx.insert(folders).values({ tenantId: of, folderId, nameCipher, nameHmac: Buffer.from(folderId), createdBy: "usr" });
  });

describe("statements that come often", () => {
  const readOwn = (from: pg.Pool, of: string) =>
    tenantQuery(from, { tenantId: of, epoch: 1, access: "read" }, (tx) =>
      tx.select({ owner: folders.tenantId }).from(folders).where(eq(folders.tenantId, of)),
    );
  const preparedOn = async (from: pg.Pool) =>
    (await from.query("select statement, generic_plans from pg_prepared_statements where name like 'often-%'")).rows as {
      statement: string;
      generic_plans: string;
    }[];

  test("are planned once a connection, and each tenant still sees its own rows alone", async () => {
    const other = await openTenant();
    await write();
    await write();
    await write(other);
    for (let turn = 0; turn < 12; turn++) {
      expect(await readOwn(preparing, tenantId)).toEqual([{ owner: tenantId }, { owner: tenantId }]);
      expect(await readOwn(preparing, other)).toEqual([{ owner: other }]);
    }
    const [prepared, ...more] = await preparedOn(preparing);
    expect(more).toEqual([]);
    expect(prepared?.statement).toContain(`from "app"."folders"`);
    expect(Number(prepared?.generic_plans)).toBeGreaterThan(10);
  });

  test("are described once a connection, and answer in the same columns ever after", async () => {
    let descriptions = 0;
    preparing.on("connect", (client) => {
      const { connection } = client as unknown as { connection: NodeJS.EventEmitter };
      connection.on("rowDescription", () => {
        descriptions += 1;
      });
    });
    const read = () =>
      tenantQuery(preparing, { ...scope, access: "read" }, (tx) =>
        tx.execute(sql`select tenant_id, name_cipher, created_at from app.folders where tenant_id = ${tenantId}`),
      );
    await write();
    const first = await read();
    expect(first.rows[0]).toEqual({ tenant_id: tenantId, name_cipher: expect.any(Buffer), created_at: expect.anything() });
    for (let turn = 0; turn < 9; turn++) await read();
    const before = descriptions;
    for (let turn = 0; turn < 5; turn++) {
      const { rows, fields } = await read();
      expect({ rows, fields: fields.map(({ name }) => name) }).toEqual({
        rows: first.rows,
        fields: ["tenant_id", "name_cipher", "created_at"],
      });
    }
    expect(descriptions).toBe(before);
  });

  test("are prepared anew when a migration has changed what they answer with", async () => {
    const readAll = () =>
      tenantQuery(preparing, { ...scope, access: "read" }, (tx) =>
        tx.execute(sql`select * from app.folders where tenant_id = ${tenantId}`),
      );
    await write();
    for (let turn = 0; turn < 12; turn++) await readAll();
    expect(await preparedOn(preparing)).toHaveLength(1);
    await databases.query("application", "alter table app.folders add column later text");
    try {
      expect((await readAll()).rows).toEqual([expect.objectContaining({ tenant_id: tenantId, later: null })]);
    } finally {
      await databases.query("application", "alter table app.folders drop column later");
    }
    expect((await readAll()).rows).toHaveLength(1);
  });

  test("are few, however many texts there are", () => {
    const names = new StatementNames();
    const named = new Set<string>();
    for (let text = 0; text < 2_000; text++)
      for (let turn = 0; turn < 9; turn++) {
        const name = names.nameOf(`select ${text}`);
        if (name !== undefined) named.add(name);
      }
    expect(named.size).toBe(32);
  });
});
