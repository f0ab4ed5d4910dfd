import type { TenantTransaction } from "@leasehold/db/application/with-tenant";
import { withConnection } from "@leasehold/db/client";
import { ownerRole } from "@leasehold/db/roles";
import type { TenantContext } from "@leasehold/domain/context";
import { isDomainError } from "@leasehold/domain/errors";
import { newId } from "@leasehold/domain/ids";
import { drizzle } from "drizzle-orm/node-postgres";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";
import { shared, statementCases } from "../support/statement-cases.ts";

// Row-level security is off, and two tenants have rows of the same ids: what a statement does and answers for one of them must not
// depend on whether the other is there, nor change it.
const [ours, theirs] = [newId("tenant"), newId("tenant")];
const context: TenantContext = { tenantId: ours, actor: { type: "user", userId: newId("user") }, requestId: newId("request") };
const tables = ["folders", "documents", "document_grams", "api_keys", "idempotency_keys", "tenant_limits", "tenant_home"];

let databases: TestDatabases;
let client: pg.Client;

beforeAll(async () => {
  databases = await createTestDatabases();
  const url = databases.urlOf("application", ownerRole);
  await withConnection(url, async (owner) => {
    await owner.query(`do $$ declare target text; begin
      for target in select c.oid::regclass from pg_class c where c.relrowsecurity loop
        execute format('alter table %s disable row level security', target);
      end loop; end $$`);
    // The first of two rows of one id that a scan meets is now the one, now the other's.
    for (const tenantId of [theirs, ours]) await seed(owner, tenantId);
  });
  client = new pg.Client({ connectionString: url });
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await databases?.[Symbol.asyncDispose]();
});

async function seed(owner: pg.Client, tenantId: string): Promise<void> {
  const { folderId, emptyFolderId, documentId, uploadId, removalId, keyId, gram, keyHash, objectKey } = shared;
  const by = `user:${tenantId}`;
  const mark = Buffer.from(tenantId);
  await owner.query("insert into app.tenant_home (tenant_id, epoch, mode) values ($1, 1, 'rw')", [tenantId]);
  await owner.query("insert into app.tenant_limits (tenant_id, limits, documents, stored_bytes) values ($1, $2, 3, 3)", [
    tenantId,
    JSON.stringify({ documents: 10, storageBytes: 100, documentBytes: 10 }),
  ]);
  // What is empty here has something in it there.
  const folders = [
    [folderId, null, "1"],
    [emptyFolderId, null, "2"],
    ...(tenantId === theirs ? [[newId("folder"), emptyFolderId, "3"]] : []),
  ];
  for (const [id, parent, hmac] of folders)
    await owner.query(
      "insert into app.folders (tenant_id, folder_id, parent_id, name_cipher, name_hmac, created_by) values ($1, $2, $3, '\\x01', $4, $5)",
      [tenantId, id, parent, Buffer.from([Number(hmac)]), by],
    );
  const documents: [string, string | null, string, number][] = [
    [documentId, folderId, "STORED", 1],
    [newId("document"), null, "STORED", 2],
    [uploadId, null, "UPLOADING", 3],
    [removalId, null, "DELETING", 4],
    ...(tenantId === theirs ? [[newId("document"), emptyFolderId, "STORED", 5] as [string, string, string, number]] : []),
  ];
  for (const [id, folder, state, hmac] of documents)
    await owner.query(
      `insert into app.documents (tenant_id, document_id, folder_id, state, name_hmac, name_cipher, content_type_cipher, object_key, key_version,
         size_bytes, created_by, updated_at) values ($1, $2, $3, $4, $5, '\\x01', $6, $7, 1, 1, $8, now() - interval '1 hour')`,
      [tenantId, id, folder, state, Buffer.from([hmac]), mark, objectKey, by],
    );
  await owner.query("insert into app.document_grams (tenant_id, gram, document_id) values ($1, $2, $3)", [tenantId, gram, documentId]);
  await owner.query(
    `insert into app.api_keys (tenant_id, key_id, name_cipher, secret_hash, scopes, created_by, expires_at)
     select $1, case n when 0 then $2 else 'key_' || lpad(n::text, 26, '0') end, '\\x01', sha256($3), '["documents:read"]', $4, now() + interval '1 day'
     from generate_series(0, $5::integer) n`,
    [tenantId, keyId, mark, by, tenantId === theirs ? 200 : 0],
  );
  for (const [hash, expires] of [
    [keyHash, "1 day"],
    [Buffer.alloc(32, 2), "-1 day"],
  ])
    await owner.query(
      "insert into app.idempotency_keys (tenant_id, actor, key_hash, sealed, expires_at) values ($1, $2, $3, $4, now() + $5::interval)",
      [tenantId, `user:${context.actor.type === "user" ? context.actor.userId : ""}`, hash, mark, expires],
    );
}

/** What refers to something goes before it. */
async function remove(tenantId: string): Promise<void> {
  for (const table of tables.toReversed()) await client.query(`delete from app.${table} where tenant_id = $1`, [tenantId]);
}

async function digest(tenantId: string): Promise<string[]> {
  const texts = tables.map((table) => `select '${table} ' || to_jsonb(r)::text as row from app.${table} r where tenant_id = $1`);
  const { rows } = await client.query<{ row: string }>(`${texts.join(" union all ")} order by 1`, [tenantId]);
  return rows.map(({ row }) => row);
}

/** What a statement answers, what it leaves of ours, and how it leaves the other's; everything is undone. */
async function outcomeOf(name: string, without: readonly string[]) {
  await client.query("begin");
  try {
    await client.query("set constraints all deferred");
    for (const tenantId of without) await remove(tenantId);
    await client.query("select set_config('app.tenant', $1, true)", [ours]);
    const before = await digest(theirs);
    await client.query("savepoint asked");
    const tx = drizzle({ client }) as unknown as TenantTransaction;
    const answer = await Promise.resolve(statementCases[name]?.(tx, context)).catch(async (error: unknown) => {
      if (!isDomainError(error)) throw error;
      await client.query("rollback to savepoint asked");
      return `${error.code} ${error.reason}`;
    });
    return { answer: written(answer), ours: written(await digest(ours)), changedThem: (await digest(theirs)).join() !== before.join() };
  } finally {
    await client.query("rollback");
  }
}

/** Without what is another one each time: instants and new keys. */
function written(value: unknown): string {
  const text = JSON.stringify(value, (_key, member: unknown) => (typeof member === "bigint" ? String(member) : member)) ?? "";
  return text.replaceAll(/\d{4}-\d\d-\d\d[T ][\d:.]+(Z|\+00:00)?/g, "then").replaceAll(/"_?(processID|secretKey)":\d+/g, "");
}

test.each(Object.keys(statementCases))("%s keeps to its tenant by its predicate alone", async (name) => {
  for (const absent of [[], [ours]]) {
    const beside = await outcomeOf(name, absent);
    const alone = await outcomeOf(name, [...absent, theirs]);
    expect(beside).toEqual({ ...alone, changedThem: false });
    expect(beside.answer).not.toContain(theirs);
  }
});
