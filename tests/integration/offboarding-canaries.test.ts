import { randomBytes } from "node:crypto";
import { cpSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KMSClient } from "@aws-sdk/client-kms";
import { CopyObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createPool, withConnection, withDatabase } from "@leasehold/db/client";
import { newId } from "@leasehold/domain/ids";
import { objectPrefixOf } from "@leasehold/domain/placement";
import { tenantRunId } from "@leasehold/domain/tenant-runs";
import { createPayloadKeySource } from "@leasehold/tenancy/payloads/payload-key-source";
import { clientConverter, workerConverter } from "@leasehold/worker/temporal/data-converter";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { restoreBaseBackup, takeBaseBackup } from "../support/base-backup.ts";
import { askForExport, awaitExport } from "../support/exports.ts";
import { createWholeWorld, type WholeClosing, type WholeTenant, type WholeWorld } from "../support/offboarding/whole-world.ts";
import { canariesOf, plant, quietRuntime, startCarrier } from "../support/payloads/carrier.ts";
import { tellSignal } from "../support/payloads/carrying-workflow.ts";
import { type Found, scanBytes } from "../support/scan-bytes.ts";

let whole: WholeWorld;
let copies: string;
let doomed: WholeClosing;
let other: WholeTenant;
/** Texts that were put into the tenant that goes, and into the one that stays. */
const planted: string[] = [];
const theirs: { name: string; body: string; documentId: string }[] = [];
const canary = (place: string) => {
  const text = `canary-${place}-${randomBytes(9).toString("hex")}`;
  planted.push(text);
  return text;
};

beforeAll(async () => {
  quietRuntime();
  copies = await mkdtemp(join(tmpdir(), "leasehold-copies-"));
  whole = await createWholeWorld({ durable: true });
  const [tenant, staying] = [await whole.onboard("business"), await whole.onboard("business")];
  other = staying;
  for (let index = 0; index < 3; index++) {
    const document = { name: `theirs-${index}.txt`, body: randomBytes(200).toString("hex") };
    theirs.push({ ...document, documentId: await other.documents.store(document.name, Buffer.from(document.body)) });
  }
  await plantDocuments(tenant);
  await plantRuns(tenant);
  const exportId = await askForExport(whole.world, tenant);
  expect(await awaitExport(whole.world, tenant.tenantId, exportId, 120_000)).toMatchObject({ state: "READY" });
  const { dataDir } = whole.world.stack;
  await checkpoint();
  takeBaseBackup(dataDir, join(copies, "backup"));
  for (const store of ["aws", "temporal"]) cpSync(join(dataDir, store), join(copies, store), { recursive: true });
  doomed = await whole.close(tenant);
  await whole.awaitStep(doomed, "certify");
}, 600_000);
afterAll(async () => {
  await whole?.[Symbol.asyncDispose]();
  await rm(copies, { recursive: true, force: true });
});

const checkpoint = () => withConnection(whole.world.stack.database.adminUrl, (client) => client.query("checkpoint"));

/** Rows, the search's entries, names that were changed, and an object with two versions. */
async function plantDocuments(tenant: WholeTenant): Promise<void> {
  const { documents, tenantId } = tenant;
  await documents.createFolder(canary("folder"));
  const first = await documents.store(canary("name"), Buffer.from(canary("body").repeat(50)));
  await documents.rename(first, canary("renamed"));
  await documents.search(planted.at(-1) ?? "");
  const s3 = new S3Client(whole.world.aws("root"));
  const Bucket = whole.world.stack.aws.poolBucket;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: objectPrefixOf(tenantId) }));
  for (const { Key } of Contents)
    await s3.send(
      new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${Key}`, MetadataDirective: "REPLACE", Metadata: { again: "1" } }),
    );
}

/** A run that has failed, one that has ended and one that waits, with memos. */
async function plantRuns({ tenantId }: WholeTenant): Promise<void> {
  const { payloadKeys } = whole.world;
  await using carrier = await startCarrier(whole.world, { worker: workerConverter(payloadKeys), client: clientConverter(payloadKeys) });
  for (const ending of ["failure", "result", "wait"] as const) {
    const carried = plant(ending);
    planted.push(...canariesOf(carried));
    const run = await carrier.client.workflow.start("carryTenantData", {
      workflowId: tenantRunId(tenantId, "carry", newId("operation")),
      taskQueue: carrier.taskQueue,
      args: [carried],
      memo: { note: canary("memo") },
      searchAttributes: { TenantId: [tenantId] },
    });
    if (ending === "wait") continue;
    await run.signal(tellSignal, canary("signal"));
    await run.result().catch(() => undefined);
  }
}

/** Where a text is still to be read, by store: in all of them unless told. */
async function scanAll(needles: readonly string[], only?: string): Promise<{ found: Found[]; bytes: Record<string, number> }> {
  await checkpoint();
  const { dataDir } = whole.world.stack;
  const bytes: Record<string, number> = {};
  const found: Found[] = [];
  const folders = {
    ...Object.fromEntries(["postgres", "aws", "temporal", "logs"].map((store) => [store, join(dataDir, store)])),
    ...Object.fromEntries(["backup", "aws", "temporal"].map((store) => [`earlier ${store}`, join(copies, store)])),
  };
  for (const [store, folder] of Object.entries(folders)) {
    if (only !== undefined && store !== only) continue;
    const scanned = await scanBytes(folder, needles);
    bytes[store] = scanned.bytes;
    found.push(...scanned.found);
  }
  return { found, bytes };
}

describe("after a closing", () => {
  test("no store, no log and no earlier copy has a planted text that can be read", { timeout: 240_000 }, async () => {
    expect(planted.length).toBeGreaterThan(30);
    const { found, bytes } = await scanAll(planted);
    expect(found).toEqual([]);
    for (const store of ["postgres", "temporal", "earlier backup", "earlier aws"]) expect(bytes[store], store).toBeGreaterThan(10_000);
  });

  test("mail that went out holds none of them", async () => {
    const sent = await (await fetch(`${whole.world.stack.aws.endpoint}/_ministack/ses/messages`)).text();
    expect(planted.filter((text) => sent.includes(text))).toEqual([]);
  });

  test("a restored backup has the wrapped keys again, and nothing opens them; everybody else's open", { timeout: 120_000 }, async () => {
    const { stack } = whole.world;
    await using restored = await restoreBaseBackup(stack.dataDir, join(copies, "backup"));
    const keyring = createPool(withDatabase(restored.adminUrl, stack.database.names.keyring), { max: 2 });
    const kms = new KMSClient(whole.world.aws("root"));
    try {
      const wrapped = await keyring.query("select from keyring.data_keys where tenant_id = $1", [doomed.tenantId]);
      expect(wrapped.rowCount).toBeGreaterThan(0);
      const source = createPayloadKeySource({ keyring, kms });
      await expect(source.unwrap(doomed.tenantId, "newest")).rejects.toThrow(/pending|disabled|not valid|KMSInvalidState/i);
      expect((await source.unwrap(other.tenantId, "newest"))?.key).toHaveLength(32);
    } finally {
      kms.destroy();
      await keyring.end();
    }
  });

  test("other tenants read all of theirs", async () => {
    for (const { documentId, body } of theirs) expect((await other.documents.read(documentId)).toString()).toBe(body);
    expect((await other.documents.list()).map(({ name }) => name).sort()).toEqual(theirs.map(({ name }) => name).sort());
  });
});

describe("the scan finds what is not encrypted", () => {
  const foundIn = async (store: string, ...texts: string[]) => new Set((await scanAll(texts, store)).found.map(({ needle }) => needle));

  test("by a codec", { timeout: 120_000 }, async () => {
    await using carrier = await startCarrier(whole.world, {});
    const carried = plant("failure");
    const options = { workflowId: `plain:${newId("operation")}`, taskQueue: carrier.taskQueue, args: [carried] };
    const run = await carrier.client.workflow.start("carryTenantData", options);
    await run.signal(tellSignal, "told");
    await run.result().catch(() => undefined);
    expect(await foundIn("temporal", carried.args, carried.failure)).toEqual(new Set([carried.args, carried.failure]));
  });

  test("in a column", { timeout: 120_000 }, async () => {
    const text = `plain-${randomBytes(9).toString("hex")}`;
    await withConnection(whole.world.ownerUrl("application"), (client) =>
      client.query("update app.documents set name_cipher = $2 where tenant_id = $1", [other.tenantId, Buffer.from(text)]),
    );
    expect(await foundIn("postgres", text)).toEqual(new Set([text]));
  });

  test("in an object", { timeout: 120_000 }, async () => {
    const text = `plain-${randomBytes(9).toString("hex")}`;
    const s3 = new S3Client(whole.world.aws("root"));
    await s3.send(new PutObjectCommand({ Bucket: whole.world.stack.aws.poolBucket, Key: `tenants/${other.tenantId}/plain`, Body: text }));
    expect(await foundIn("aws", text)).toEqual(new Set([text]));
  });
});
