import { randomBytes } from "node:crypto";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { withConnection } from "@leasehold/db/client";
import { newId } from "@leasehold/domain/ids";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { countRecords, queueMail } from "../support/offboarding/plant-records.ts";
import { createPlantedStores, type PlantedStores, type StoredDocument } from "../support/offboarding/planted-stores.ts";
import { createWholeWorld, type WholeClosing, type WholeTenant, type WholeWorld } from "../support/offboarding/whole-world.ts";
import { plant, quietRuntime, startCarrier } from "../support/payloads/carrier.ts";
import { tellSignal } from "../support/payloads/carrying-workflow.ts";

// One tenant of each key model of the pool goes; `pnpm prove offboarding` has silos as well.
const plans = ["business", "pro"] as const;

let whole: WholeWorld;
let stores: PlantedStores;
let doomed: WholeClosing[];
let others: { tenant: WholeTenant; documents: StoredDocument[] }[];
/** Texts that were put into the tenants that go. */
let planted: string[];
/** Texts that are in clear where they are kept, until they are deleted. */
let inClear: string[];
/** What a mail said that went out. */
const sentText = `canary-sent-${randomBytes(9).toString("hex")}`;

beforeAll(async () => {
  quietRuntime();
  whole = await createWholeWorld({ durable: true });
  stores = await createPlantedStores(whole);
  const leaving = await Promise.all(plans.map((plan) => whole.onboard(plan)));
  const staying = await Promise.all(plans.map((plan) => whole.onboard(plan)));
  others = await Promise.all(staying.map(async (tenant) => ({ tenant, documents: await stores.store(tenant, 3) })));
  planted = (await Promise.all(leaving.map((tenant) => stores.plant(tenant)))).flat();
  inClear = (await Promise.all(leaving.map((tenant) => stores.plantInClear(tenant)))).flat();
  for (const tenant of leaving) expect(await countRecords(whole.world, tenant)).toEqual({ invitations: 1, mails: 1, items: 1 });
  const [stays] = staying;
  if (stays !== undefined) await queueMail(whole.world, stays.tenantId, { to: stays.email, name: sentText, held: false });
  await stores.copy();
  doomed = await Promise.all(leaving.map((tenant) => whole.close(tenant)));
  for (const closing of doomed) await whole.awaitStep(closing, "certify");
}, 600_000);
afterAll(async () => {
  await whole?.[Symbol.asyncDispose]();
  await stores?.[Symbol.asyncDispose]();
});

describe("after closings", () => {
  test("no store, no log and no earlier copy has a planted text that can be read", { timeout: 240_000 }, async () => {
    expect(planted.length).toBeGreaterThan(60);
    const { found, bytes } = await stores.scan(planted);
    expect(found).toEqual([]);
    const scanned = ["postgres", "aws", "temporal", "logs", "earlier backup", "earlier aws", "earlier temporal"];
    expect(Object.keys(bytes).toSorted()).toEqual(scanned.toSorted());
    for (const store of scanned) expect(bytes[store], store).toBeGreaterThan(store === "logs" ? 0 : 10_000);
  });

  test("what was in clear is gone from its store, and in no other", { timeout: 240_000 }, async () => {
    for (const closing of doomed) expect(await countRecords(whole.world, closing)).toEqual({ invitations: 0, mails: 0, items: 0 });
    // Pages and the log of the control database have addresses until they are written over, and the copies until they end.
    for (const store of ["aws", "temporal", "logs", "earlier temporal"]) {
      const { found, bytes } = await stores.scan(inClear, store);
      expect(found, store).toEqual([]);
      expect(bytes[store], store).toBeGreaterThan(0);
    }
    const earlier = await stores.scan(inClear, "earlier backup");
    expect(new Set(earlier.found.map(({ needle }) => needle))).toEqual(
      new Set(inClear.filter((text) => text.startsWith("canary-invited"))),
    );
  });

  test("mail that went out holds none of them", async () => {
    const read = async () => (await fetch(`${whole.world.stack.aws.endpoint}/_ministack/ses/messages`)).text();
    await expect.poll(read, { timeout: 20_000 }).toContain(sentText);
    const sent = await read();
    expect([...planted, ...inClear].filter((text) => sent.includes(text))).toEqual([]);
  });

  test("a restored backup has the wrapped keys again, and nothing opens them; whoever stays reads on", { timeout: 120_000 }, async () => {
    const [own, shared] = others.map(({ tenant }) => tenant.tenantId);
    if (own === undefined || shared === undefined) throw new Error("somebody has to stay");
    const answers = await stores.openFromCopy([...doomed.map(({ tenantId }) => tenantId), own, shared]);
    for (const { tenantId, plan } of doomed) {
      expect(answers.get(tenantId)?.wrapped, plan).toBeGreaterThan(0);
      expect(answers.get(tenantId)?.answer, plan).toMatch(/pending|disabled|not valid|KMSInvalidState/i);
    }
    expect(answers.get(own)?.answer).toBe("opened");
    // The copy is from before the turn: it opens for nobody of that epoch, and the keyring as it is now does.
    expect(answers.get(shared)?.answer).toMatch(/pending|disabled|not valid|KMSInvalidState/i);
  });

  test("other tenants read all of theirs", async () => {
    for (const { tenant, documents } of others) {
      for (const { documentId, body } of documents) expect((await tenant.documents.read(documentId)).toString()).toBe(body);
      expect((await tenant.documents.list()).map(({ name }) => name).sort()).toEqual(documents.map(({ name }) => name).sort());
    }
  });
});

describe("the scan finds what is not encrypted", () => {
  const foundIn = async (store: string, ...texts: string[]) => new Set((await stores.scan(texts, store)).found.map(({ needle }) => needle));
  const other = () => others[0]?.tenant.tenantId ?? "";

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
      client.query("update app.documents set name_cipher = $2 where tenant_id = $1", [other(), Buffer.from(text)]),
    );
    expect(await foundIn("postgres", text)).toEqual(new Set([text]));
  });

  test("in an object", { timeout: 120_000 }, async () => {
    const text = `plain-${randomBytes(9).toString("hex")}`;
    const s3 = new S3Client(whole.world.aws("root"));
    await s3.send(new PutObjectCommand({ Bucket: whole.world.stack.aws.poolBucket, Key: `tenants/${other()}/plain`, Body: text }));
    expect(await foundIn("aws", text)).toEqual(new Set([text]));
  });
});
