import { createPool } from "@leasehold/db/client";
import { deletePayloadReads } from "@leasehold/db/control/payload-reads/delete-payload-reads";
import { newId } from "@leasehold/domain/ids";
import type { Pool } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";

let databases: TestDatabases;
let worker: Pool;
beforeAll(async () => {
  databases = await createTestDatabases();
  worker = createPool(databases.urlOf("control", "worker"), { max: 1 });
});
afterAll(async () => {
  await worker?.end();
  await databases?.[Symbol.asyncDispose]();
});

const seed = (days: number[]) =>
  databases.query(
    "control",
    `insert into control.payload_reads (read_id, actor, owner, namespace, payloads, request_id, read_at)
     select id, 'operator:x', 'control-plane', 'default', 1, 'r', now() - make_interval(days => d) from unnest($1::text[], $2::int[]) as r (id, d)`,
    [days.map(() => newId("audit")), days],
  );
const left = async () =>
  (
    await databases.query<{ days: number }>(
      "control",
      "select extract(day from now() - read_at)::int as days from control.payload_reads order by 1",
    )
  ).map(({ days }) => days);

test("old reads are forgotten, the oldest first and so many at a time; younger ones stay", async () => {
  await seed([500, 450, 401, 399, 0]);
  expect(await deletePayloadReads(worker, { days: 400, limit: 2 })).toBe(2);
  expect(await left()).toEqual([0, 399, 401]);
  expect(await deletePayloadReads(worker, { days: 400, limit: 2 })).toBe(1);
  expect(await deletePayloadReads(worker, { days: 400, limit: 2 })).toBe(0);
  expect(await left()).toEqual([0, 399]);
});

test("nobody's mistake forgets what is younger than 30 days", async () => {
  await databases.query("control", "delete from control.payload_reads");
  await seed([31, 29, 1]);
  expect(await deletePayloadReads(worker, { days: 0, limit: 100 })).toBe(1);
  expect(await left()).toEqual([1, 29]);
});
