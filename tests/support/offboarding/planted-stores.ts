import { randomBytes } from "node:crypto";
import { cpSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KMSClient } from "@aws-sdk/client-kms";
import { CopyObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { findPlacement } from "@leasehold/db/application/placement/find-placement";
import { createPool, withConnection, withDatabase } from "@leasehold/db/client";
import { newId, type TenantId } from "@leasehold/domain/ids";
import { tenantRunId } from "@leasehold/domain/tenant-runs";
import { createPayloadKeySource } from "@leasehold/tenancy/payloads/payload-key-source";
import { clientConverter, workerConverter } from "@leasehold/worker/temporal/data-converter";
import { restoreBaseBackup, takeBaseBackup } from "../base-backup.ts";
import { askForExport, awaitExport } from "../exports.ts";
import { canariesOf, plant, startCarrier } from "../payloads/carrier.ts";
import { tellSignal } from "../payloads/carrying-workflow.ts";
import { type Found, scanBytes } from "../scan-bytes.ts";
import { createItemsTable, plantInClear, plantRecords } from "./plant-records.ts";
import type { WholeTenant, WholeWorld } from "./whole-world.ts";

/** Texts in every store of tenants, copies of all stores from before these tenants went, and what can still be read where. */
export interface PlantedStores extends AsyncDisposable {
  /** Puts texts into every store of a tenant that is to go. */
  plant(tenant: WholeTenant): Promise<string[]>;
  /** Puts texts where they are kept in clear until they are deleted. */
  plantInClear(tenant: WholeTenant): Promise<string[]>;
  /** Documents of a tenant that stays. */
  store(tenant: WholeTenant, count: number): Promise<StoredDocument[]>;
  /** Copies every store as a nightly backup would. */
  copy(): Promise<void>;
  /** Where a text is still to be read, by store: in all of them, and in the copies, unless told. */
  scan(needles: readonly string[], only?: string): Promise<{ found: Found[]; bytes: Record<string, number> }>;
  /** Looks into the copy of the keyring with all the rights that AWS gives: KMS's refusal, or `opened`. */
  openFromCopy(tenants: readonly TenantId[]): Promise<Map<TenantId, { wrapped: number; answer: string }>>;
}

export interface StoredDocument {
  name: string;
  body: string;
  documentId: string;
}

export async function createPlantedStores(whole: WholeWorld): Promise<PlantedStores> {
  const { world } = whole;
  const { dataDir } = world.stack;
  const copies = await mkdtemp(join(tmpdir(), "leasehold-copies-"));
  await createItemsTable(world);
  const checkpoint = () => withConnection(world.stack.database.adminUrl, (client) => client.query("checkpoint"));

  return {
    async plant(tenant) {
      const planted: string[] = [];
      const canary = canaryInto(planted);
      await plantDocuments(whole, tenant, canary);
      await plantRecords(world, tenant, canary);
      planted.push(...(await plantRuns(whole, tenant, canary)));
      const exported = await awaitExport(world, tenant.tenantId, await askForExport(world, tenant), 120_000);
      if (exported.state !== "READY") throw new Error(`the export is ${exported.state}`);
      return planted;
    },
    async plantInClear(tenant) {
      const planted: string[] = [];
      await plantInClear(world, tenant, canaryInto(planted));
      return planted;
    },
    async store({ documents }, count) {
      const stored: StoredDocument[] = [];
      for (let index = 0; index < count; index++) {
        const document = { name: `theirs-${index}.txt`, body: randomBytes(200).toString("hex") };
        stored.push({ ...document, documentId: await documents.store(document.name, Buffer.from(document.body)) });
      }
      return stored;
    },
    async copy() {
      await checkpoint();
      takeBaseBackup(dataDir, join(copies, "backup"));
      for (const store of ["aws", "temporal"]) cpSync(join(dataDir, store), join(copies, store), { recursive: true });
    },
    async scan(needles, only) {
      await checkpoint();
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
    },
    async openFromCopy(tenants) {
      await using restored = await restoreBaseBackup(dataDir, join(copies, "backup"));
      const keyring = createPool(withDatabase(restored.adminUrl, world.stack.database.names.keyring), { max: 2 });
      const kms = new KMSClient(world.aws("root"));
      const source = createPayloadKeySource({ keyring, kms });
      const answers = new Map<TenantId, { wrapped: number; answer: string }>();
      try {
        for (const tenantId of tenants) {
          const { rowCount } = await keyring.query("select from keyring.data_keys where tenant_id = $1", [tenantId]);
          const answer = await source.unwrap(tenantId, "newest").then(
            (opened) => (opened?.key.length === 32 ? "opened" : "nothing there"),
            (error: Error) => `${error.name}: ${error.message}`,
          );
          answers.set(tenantId, { wrapped: rowCount ?? 0, answer });
        }
        return answers;
      } finally {
        kms.destroy();
        await keyring.end();
      }
    },
    [Symbol.asyncDispose]: () => rm(copies, { recursive: true, force: true }),
  };
}

type Canary = (place: string) => string;

const canaryInto =
  (planted: string[]): Canary =>
  (place) => {
    const text = `canary-${place}-${randomBytes(9).toString("hex")}`;
    planted.push(text);
    return text;
  };

/** Rows, the search's entries, names that were changed, and an object with two versions. */
async function plantDocuments({ world }: WholeWorld, { documents, tenantId }: WholeTenant, canary: Canary): Promise<void> {
  await documents.createFolder(canary("folder"));
  const first = await documents.store(canary("name"), Buffer.from(canary("body").repeat(50)));
  const renamed = canary("renamed");
  await documents.rename(first, renamed);
  await documents.search(renamed);
  const s3 = new S3Client(world.aws("root"));
  const { placement } = await findPlacement(world.pool("application", "worker"), tenantId);
  const { bucket: Bucket, objectPrefix: Prefix } = placement;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix }));
  for (const { Key } of Contents) {
    const again = { MetadataDirective: "REPLACE", Metadata: { again: "1" } } as const;
    await s3.send(new CopyObjectCommand({ Bucket, Key, CopySource: `${Bucket}/${Key}`, ...again }));
  }
}

/** A run that has failed, one that has ended and one that waits, with memos. */
async function plantRuns({ world }: WholeWorld, { tenantId }: WholeTenant, canary: Canary): Promise<string[]> {
  const planted: string[] = [];
  const { payloadKeys } = world;
  await using carrier = await startCarrier(world, { worker: workerConverter(payloadKeys), client: clientConverter(payloadKeys) });
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
  return planted;
}
