import type { AuditEntry } from "@leasehold/db/audit/audit-entry";
import { eraseAuditDetails } from "@leasehold/db/audit/seal-audit";
import { verifyChain } from "@leasehold/db/audit/verify-chain";
import { createPool } from "@leasehold/db/client";
import { newId } from "@leasehold/domain/ids";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { addAuditRow, asOwner, readEntries, sealAll } from "../support/audit-fixtures.ts";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";

let databases: TestDatabases;
const pools = {} as Record<"control" | "application", pg.Pool>;
beforeAll(async () => {
  databases = await createTestDatabases();
  for (const plane of ["control", "application"] as const) pools[plane] = createPool(databases.urlOf(plane, "worker"), { max: 4 });
});
afterAll(async () => {
  await Promise.all(Object.values(pools).map((pool) => pool.end()));
  await databases[Symbol.asyncDispose]();
});

const awkward = { text: 'a "quoted" \\ line\n\u0001 ü 漢 😀', number: 1.5, large: 123456789012, nested: { b: [1, null, true], a: {} } };

async function makeChain(plane: "control" | "application", count: number): Promise<{ tenantId: string; entries: AuditEntry[] }> {
  const tenantId = newId("tenant");
  await asOwner(databases, plane, async (owner) => {
    for (let index = 0; index < count; index++) await addAuditRow(owner, plane, tenantId, { index, ...awkward });
  });
  await sealAll(pools[plane], plane);
  return { tenantId, entries: await readEntries(databases, plane, tenantId) };
}

describe.each(["control", "application"] as const)("the chain of the %s plane", (plane) => {
  test("verifies without the database that made it", async () => {
    const { tenantId, entries } = await makeChain(plane, 5);
    expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    const verdict = verifyChain(entries);
    expect(verdict.problems).toEqual([]);
    expect(verdict.verified[plane]).toBe(5);
    expect(verdict.heads).toEqual([{ plane, tenantId, seq: 5, link: entries[4]?.link }]);
  });

  test("says which row was altered, whatever of it was", async () => {
    const { entries } = await makeChain(plane, 4);
    const other: Partial<AuditEntry> = {
      tenantId: newId("tenant"),
      auditId: newId("audit"),
      actor: "user:usr_y",
      action: "member.left",
      target: "usr_z",
      requestId: newId("request"),
      operationId: "op_x",
      createdAt: "2020-01-01T00:00:00.000000Z",
      details: '{"index": 9}',
      salt: "00".repeat(32),
      detailsCommitment: "11".repeat(32),
      sealedCommitment: "22".repeat(32),
      commitment: "33".repeat(32),
      link: "44".repeat(32),
      erasedAt: "2020-01-01T00:00:00.000000Z",
    };
    for (const [field, value] of Object.entries(other)) {
      const changed = entries.map((entry, index) => (index === 1 ? { ...entry, [field]: value } : entry));
      const { problems } = verifyChain(changed);
      expect(problems.length, field).toBeGreaterThan(0);
      expect(
        problems.some((problem) => problem.seq === 2 || problem.auditId === changed[1]?.auditId),
        field,
      ).toBe(true);
    }
  });

  test("says where a row was removed: at the beginning, in the middle and, against its anchored head, at the end", async () => {
    const { entries } = await makeChain(plane, 5);
    const heads = verifyChain(entries).heads;
    for (const gone of [0, 2]) {
      const { problems } = verifyChain(entries.filter((_, index) => index !== gone));
      expect(problems).toEqual([expect.objectContaining({ kind: "removed", seq: gone + 1 })]);
    }
    expect(verifyChain(entries.slice(0, 4)).problems).toEqual([]);
    expect(verifyChain(entries.slice(0, 4), heads).problems).toEqual([expect.objectContaining({ kind: "truncated", seq: 5 })]);
    expect(verifyChain([], heads).problems).toEqual([expect.objectContaining({ kind: "truncated", seq: 5 })]);
  });

  test("says which rows were reordered or put in", async () => {
    const { entries } = await makeChain(plane, 4);
    const [a, b, c, d] = entries as [AuditEntry, AuditEntry, AuditEntry, AuditEntry];
    expect(verifyChain([a, c, b, d]).problems).toContainEqual(expect.objectContaining({ kind: "reordered" }));
    const renumbered = [a, { ...c, seq: 2 }, { ...b, seq: 3 }, d];
    expect(verifyChain(renumbered).problems.map(({ seq }) => seq)).toEqual([2, 3, 4]);
    const forged = { ...b, auditId: newId("audit"), action: "member.left" };
    expect(verifyChain([a, b, forged, c, d]).problems).toEqual([expect.objectContaining({ kind: "inserted", auditId: forged.auditId })]);
    expect(verifyChain([a, b, c, d, { ...d, auditId: forged.auditId, seq: 5 }]).problems).toEqual([
      expect.objectContaining({ auditId: forged.auditId, seq: 5 }),
    ]);
    expect(verifyChain([a, b, c, d, { ...forged, seq: null, link: null }]).problems).toEqual([
      expect.objectContaining({ kind: "unsealed" }),
    ]);
  });

  test("still verifies when a person's details were erased, and what is left of the row is held", async () => {
    const { tenantId, entries } = await makeChain(plane, 3);
    expect(await eraseAuditDetails(pools[plane], plane, tenantId, "user:usr_x")).toBe(3);
    const after = await readEntries(databases, plane, tenantId);
    expect(after.map(({ details, salt }) => [details, salt])).toEqual(Array(3).fill(["{}", null]));
    expect(verifyChain(after, verifyChain(entries).heads)).toMatchObject({ erased: 3, problems: [] });
    const changed = after.map((entry, index) => (index === 1 ? { ...entry, action: "member.left" } : entry));
    expect(verifyChain(changed).problems).toEqual([expect.objectContaining({ kind: "altered", seq: 2 })]);
  });

  test("has every row once, in the order of its seals, though one that began earlier commits later", async () => {
    const tenantId = newId("tenant");
    await asOwner(databases, plane, async (late) => {
      await late.query("begin");
      const lateId = await addAuditRow(late, plane, tenantId);
      const earlyId = await asOwner(databases, plane, (owner) => addAuditRow(owner, plane, tenantId));
      expect(await sealAll(pools[plane], plane)).toBe(1);
      await late.query("commit");
      expect(await sealAll(pools[plane], plane)).toBe(1);
      const entries = await readEntries(databases, plane, tenantId);
      expect(entries.map(({ auditId }) => auditId)).toEqual([earlyId, lateId]);
      expect(verifyChain(entries).problems).toEqual([]);
    });
  });

  test("is made once by several sealers at work at once", async () => {
    const tenantIds = Array.from({ length: 6 }, () => newId("tenant"));
    let writing = true;
    const write = asOwner(databases, plane, async (owner) => {
      for (let round = 0; round < 20; round++) for (const tenantId of tenantIds) await addAuditRow(owner, plane, tenantId, { round });
      writing = false;
    });
    const seal = async () => {
      while (writing) await sealAll(pools[plane], plane);
    };
    await Promise.all([write, seal(), seal(), seal()]);
    await sealAll(pools[plane], plane);
    for (const tenantId of tenantIds) {
      const entries = await readEntries(databases, plane, tenantId);
      expect(entries).toHaveLength(20);
      expect(verifyChain(entries).problems).toEqual([]);
    }
  });

  test("lets nobody change or remove a row: not the writers, and the worker only to seal and to erase", async () => {
    const { tenantId, entries } = await makeChain(plane, 2);
    const [table, enter] = plane === "control" ? ["control.audit", "select control.enter($1)"] : ["app.audit", "select app.administer($1)"];
    const attempts = [
      `update ${table} set action = 'x' where tenant_id = $1`,
      `update ${table} set actor = 'x' where tenant_id = $1`,
      `update ${table} set details = '{"a": 1}' where tenant_id = $1`,
      `update ${table} set seq = 9 where tenant_id = $1 and seq = 2`,
      `update ${table} set link = commitment where tenant_id = $1`,
      `update ${table} set erased_at = now() where tenant_id = $1`,
      `update ${table} set seq = null, link = null, commitment = null, details_commitment = null, sealed_at = null where tenant_id = $1`,
      `delete from ${table} where tenant_id = $1`,
      `update ${table.replace("audit", "audit_heads")} set seq = seq - 1 where tenant_id = $1`,
      `update ${table.replace("audit", "audit_heads")} set link = sha256(link) where tenant_id = $1`,
      `delete from ${table.replace("audit", "audit_heads")} where tenant_id = $1`,
    ];
    const client = await pools[plane].connect();
    try {
      for (const text of attempts) {
        await client.query("begin");
        await client.query(enter as string, [tenantId]);
        await expect(client.query(text, [tenantId]), text).rejects.toMatchObject({ code: "42501" });
        await client.query("rollback");
      }
    } finally {
      client.release();
    }
    expect(await readEntries(databases, plane, tenantId)).toEqual(entries);
  });
});
