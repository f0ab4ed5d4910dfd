import { randomBytes } from "node:crypto";
import { listWrappedKeys } from "@leasehold/db/keyring/data-keys/find-wrapped-key";
import { newId } from "@leasehold/domain/ids";
import { rotationSteps } from "@leasehold/domain/keys/steps";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AppProcess } from "../support/app-process.ts";
import { type DocumentsClient, documentsOf } from "../support/documents-client.ts";
import { loseDataKey } from "../support/lose-data-key.ts";
import { awaitOutcome, readSteps } from "../support/onboarding-outcome.ts";
import { type RequestedTenant, requestOnboarding } from "../support/request-onboarding.ts";
import { awaitKeys, requestKeys } from "../support/tenant-keys.ts";
import { issuersWithoutPortal } from "../support/use-workspace.ts";
import { createWorld, type World } from "../support/world.ts";

let world: World;
let application: AppProcess;
let tenant: RequestedTenant;
let documents: DocumentsClient;

beforeAll(async () => {
  world = await createWorld();
  application = await world.start("application", issuersWithoutPortal(world.stack));
  await world.start("worker");
  tenant = await requestOnboarding(world.pool("control", "portal"), { plan: "pro" });
  expect((await awaitOutcome(world, tenant)).state).toBe("SUCCEEDED");
  documents = documentsOf(world, { ...tenant, plan: "pro" });
});
afterAll(() => world[Symbol.asyncDispose]());

const versions = async () =>
  (await listWrappedKeys(world.pool("keyring", "worker"), tenant.tenantId)).map(({ purpose, version }) => `${purpose} ${version}`);

/** What is under which version, as the auditor sees it in the values themselves. */
async function versionsInUse(): Promise<number[]> {
  const { rows } = await world.pool("application", "auditor").query<{ version: string }>(
    `select app.key_version_of(name_cipher) as version from app.documents where tenant_id = $1
     union select app.key_version_of(content_type_cipher) from app.documents where tenant_id = $1
     union select key_version from app.documents where tenant_id = $1
     union select app.key_version_of(name_cipher) from app.folders where tenant_id = $1
     union select app.key_version_of(sealed_details) from app.audit where tenant_id = $1 and sealed_details is not null`,
    [tenant.tenantId],
  );
  return rows.map(({ version }) => Number(version)).sort();
}

test("a rotation encrypts everything anew while the tenant works, and destroys the old key when nothing is under it", async () => {
  const bodies = new Map<string, Buffer>();
  const store = async (name: string, bytes: number) => {
    const body = randomBytes(bytes);
    bodies.set(await documents.store(name, body), body);
  };
  const folder = await documents.createFolder("Contracts 2026");
  for (let n = 0; n < 25; n++) await store(`Report ${n}.txt`, 1_000);
  await store("Large scan.bin", 7 * 1024 * 1024);
  await store("Empty.txt", 0);
  expect(await versions()).toEqual(["data 1", "index 1", "payload 1"]);
  const renameAgain = () => documents.renameOnce("one-rename", [...bodies.keys()][0] as string, "Named once.txt");
  const renamed = await renameAgain();

  const operationId = await requestKeys(world, tenant, { action: "rotate" });
  let running = true;
  const work = (async () => {
    for (let n = 0; running; n++) {
      await store(`Written meanwhile ${n}.txt`, 500);
      await documents.rename([...bodies.keys()][n % bodies.size] as string, `Renamed ${n}.txt`);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  })();
  const key = await awaitKeys(world, tenant, operationId);
  running = false;
  await work;
  expect(key.operation).toMatchObject({ state: "SUCCEEDED", action: "rotate" });
  expect(key.dataVersion).toBe(2);
  expect(await readSteps(world, { ...tenant, operationId })).toEqual(
    Object.fromEntries(rotationSteps.map(({ step }) => [step, "SUCCEEDED"])),
  );

  expect(await versions()).toEqual(["data 2", "index 1", "payload 1"]);
  expect(await versionsInUse()).toEqual([2]);
  for (const [id, body] of bodies) expect(Buffer.compare(await documents.read(id), body), id).toBe(0);
  expect(await renameAgain()).toEqual(renamed);
  expect((await documents.folders()).map(({ name }) => name)).toEqual(["Contracts 2026"]);
  expect((await documents.search("written meanwhile")).length).toBeGreaterThan(3);
  await expect(documents.createFolder("contracts 2026")).rejects.toThrow(/one with this name/);
  await expect(documents.renameFolder(folder, "Contracts 2027")).resolves.toBeDefined();
  const objects = await documents.objectCount();
  expect(objects).toBe(bodies.size);
});

test("asked twice under one key it is one rotation; a second one waits for the first to end. What a lost key has closed is passed over", async () => {
  await application.stop();
  await loseDataKey(world, tenant.tenantId, 2);
  await world.start("application", issuersWithoutPortal(world.stack));
  await expect(documents.store("Too early.txt", Buffer.from("x"))).rejects.toThrow("UNAVAILABLE key-unavailable");
  const stranger = { tenantId: tenant.tenantId, userId: newId("user") };
  const first = await requestKeys(world, stranger, { action: "rotate" });
  await expect(requestKeys(world, stranger, { action: "rotate" })).rejects.toMatchObject({ code: "CONFLICT", reason: "operation-open" });
  expect((await awaitKeys(world, stranger, first)).operation?.state).toBe("SUCCEEDED");
  expect(await versions()).toEqual(["data 3", "index 1", "payload 1"]);
  const after = await documents.store("After the loss.txt", Buffer.from("written"));
  expect((await documents.read(after)).toString()).toBe("written");
  const { rows } = await world
    .pool("control", "auditor")
    .query("select details from control.audit where operation_id = $1 and action = 'keys.re-encrypted'", [first]);
  expect(rows).toEqual([{ details: expect.objectContaining({ version: 3, cells: 0, bodies: 0, unreadable: 0 }) }]);
  expect(rows[0].details.lost).toBeGreaterThan(25);
  expect((await documents.list()).filter(({ nameLost }) => !nameLost).map(({ documentId }) => documentId)).toEqual([after]);
});
