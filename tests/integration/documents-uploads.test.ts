import { request } from "node:http";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { giveUpUpload } from "@leasehold/application/documents/remove-body";
import { newId } from "@leasehold/domain/ids";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type ApplicationTenant, type ApplicationWorld, createApplicationWorld } from "../support/application-world.ts";

let app: ApplicationWorld;
beforeAll(async () => {
  app = await createApplicationWorld();
});
afterAll(() => app?.[Symbol.asyncDispose]());

const objectsOf = async ({ placement }: ApplicationTenant) => {
  const listed = await app.s3.send(new ListObjectsV2Command({ Bucket: placement.bucket, Prefix: placement.objectPrefix }));
  return (listed.Contents ?? []).map(({ Key }) => Key);
};
const reasonOf = async (answer: Response) => ((await answer.json()) as { error: { reason: string } }).error.reason;

it("gives the last place to one of many uploads at once", async () => {
  const tenant = await app.createTenant({ limits: { documents: 3 } });
  const client = await app.as(tenant);
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, n) => client.put({ documentId: newId("document"), name: `n${n}` }, "x")),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([...Array(3).fill(200), ...Array(9).fill(429)]);
  expect(await client.trpc.usage.summary.query()).toMatchObject({ documents: 3, storedBytes: 3, limits: { documents: 3 } });
  expect(await objectsOf(tenant)).toHaveLength(3);
});

it("holds the plan's storage, declared and undeclared, and gives back what was not used", async () => {
  const client = await app.as(await app.createTenant({ limits: { storageBytes: 1_000, documentBytes: 600 } }));
  const stream = (bytes: number) => new Blob([Buffer.alloc(bytes)]).stream();
  const put = (name: string, body: BodyInit) => client.put({ documentId: newId("document"), name }, body);
  expect((await put("a", stream(100))).status).toBe(200);
  expect(await client.trpc.usage.summary.query()).toMatchObject({ documents: 1, storedBytes: 100 });
  expect((await put("b", Buffer.alloc(600))).status).toBe(200);
  expect(await reasonOf(await put("c", Buffer.alloc(301)))).toBe("storage-limit");
  expect(await reasonOf(await put("d", Buffer.alloc(601)))).toBe("document-size");
  expect((await put("e", Buffer.alloc(300))).status).toBe(200);
  expect(await client.trpc.usage.summary.query()).toMatchObject({ documents: 3, storedBytes: 1_000 });
});

it("ends an upload without a length at the plan's size, and keeps nothing of it", async () => {
  const tenant = await app.createTenant({ limits: { documentBytes: 100_000 } });
  const client = await app.as(tenant);
  const answer = await client.put({ documentId: newId("document"), name: "long" }, new Blob([Buffer.alloc(300_000)]).stream());
  expect(await reasonOf(answer)).toBe("document-size");
  expect(await client.trpc.usage.summary.query()).toMatchObject({ documents: 0, storedBytes: 0 });
  expect(await app.query("select 1 from app.documents where tenant_id = $1", [tenant.tenantId])).toEqual([]);
  expect(await objectsOf(tenant)).toEqual([]);
});

it("stores one document for one id, however often and at once it is sent", async () => {
  const tenant = await app.createTenant();
  const client = await app.as(tenant);
  const documentId = newId("document");
  const send = () => client.put({ documentId, name: "once" }, "the same body");
  const answers = await Promise.all(Array.from({ length: 8 }, send));
  expect(answers.some(({ status }) => status === 200)).toBe(true);
  for (const answer of answers) expect([200, 409]).toContain(answer.status);
  expect((await send()).status).toBe(200);
  expect(await (await client.get(documentId)).text()).toBe("the same body");
  expect(await objectsOf(tenant)).toHaveLength(1);
  expect(await client.trpc.usage.summary.query()).toMatchObject({ documents: 1, storedBytes: 13 });
  expect(await reasonOf(await client.put({ documentId, name: "another" }, "x"))).toBe("document-id-reused");
});

it("shows and keeps nothing of an upload whose sender went away", async () => {
  const tenant = await app.createTenant();
  const client = await app.as(tenant);
  const token = await app.world.tokenFor({ tenantId: tenant.tenantId, userId: newId("user"), plan: tenant.plan });
  const documentId = newId("document");
  await new Promise<void>((resolve) => {
    const headers = { authorization: `Bearer ${token}`, "content-length": 500_000 };
    const sending = request(`${app.url}/documents/body?documentId=${documentId}&name=cut`, { method: "PUT", headers });
    sending.on("error", () => resolve());
    sending.write(Buffer.alloc(200_000));
    setTimeout(() => sending.destroy(new Error("gone")), 300);
  });
  await expect
    .poll(() => app.query("select 1 from app.documents where tenant_id = $1", [tenant.tenantId]), { timeout: 10_000 })
    .toEqual([]);
  expect((await client.get(documentId)).status).toBe(404);
  expect(await client.trpc.usage.summary.query()).toMatchObject({ documents: 0, storedBytes: 0 });
  expect(await objectsOf(tenant)).toEqual([]);
});

it("hides what a crash between object and row left, and removes it with the tenant's next upload", async () => {
  const tenant = await app.createTenant();
  const client = await app.as(tenant);
  const documentId = newId("document");
  expect((await client.put({ documentId, name: "crashed" }, "x")).status).toBe(200);
  // The state in which a process dies that has stored the object and not yet the row's new state.
  await app.query("update app.documents set state = 'UPLOADING' where document_id = $1", [documentId]);
  expect((await client.get(documentId)).status).toBe(404);
  expect((await client.trpc.documents.list.query({})).documents).toEqual([]);
  expect((await client.trpc.documents.list.query({ search: "crashed" })).documents).toEqual([]);
  await app.query("update app.documents set updated_at = now() - interval '2 hours' where document_id = $1", [documentId]);
  expect((await client.put({ documentId: newId("document"), name: "next" }, "yy")).status).toBe(200);
  expect(await app.query("select 1 from app.documents where document_id = $1", [documentId])).toEqual([]);
  expect(await objectsOf(tenant)).toHaveLength(1);
  expect(await client.trpc.usage.summary.query()).toMatchObject({ documents: 1, storedBytes: 2 });
});

it("keeps a document whose upload was stored although its answer was lost", async () => {
  const tenant = await app.createTenant();
  const client = await app.as(tenant);
  const documentId = newId("document");
  expect((await client.put({ documentId, name: "kept" }, "kept")).status).toBe(200);
  const [row] = await app.query<{ object_key: string }>("select object_key from app.documents where document_id = $1", [documentId]);
  const context = {
    ...tenant,
    actor: { type: "user", userId: newId("user") } as const,
    requestId: newId("request"),
    roles: ["member"] as const,
    tokenScope: undefined,
  };
  await giveUpUpload(app.kit, context, { documentId, objectKey: row?.object_key ?? "" });
  expect(await (await client.get(documentId)).text()).toBe("kept");
  expect((await client.put({ documentId, name: "kept" }, "kept")).status).toBe(200);
});

it("carries on a deletion that a crash cut short", async () => {
  const tenant = await app.createTenant();
  const client = await app.as(tenant);
  const documentId = newId("document");
  await client.put({ documentId, name: "going" }, "x");
  await app.query("update app.documents set state = 'DELETING', folder_id = null where document_id = $1", [documentId]);
  expect((await client.get(documentId)).status).toBe(404);
  expect((await client.put({ documentId: newId("document"), name: "going" }, "y")).status).toBe(200);
  await client.trpc.documents.delete.mutate({ documentId });
  expect(await app.query("select 1 from app.documents where document_id = $1", [documentId])).toEqual([]);
  expect(await objectsOf(tenant)).toHaveLength(1);
});

it("does not serve a body that was changed, cut or put in another's place", async () => {
  const [tenant, other] = [await app.createTenant(), await app.createTenant()];
  const client = await app.as(tenant);
  const stranger = await app.as(other);
  const [one, two] = [newId("document"), newId("document")];
  await client.put({ documentId: one, name: "one" }, "first body");
  await stranger.put({ documentId: two, name: "two" }, "another tenant's");
  const bodyOf = async (documentId: string) => {
    const [row] = await app.query<{ object_key: string }>("select object_key from app.documents where document_id = $1", [documentId]);
    return row?.object_key ?? "";
  };
  const place = { Bucket: tenant.placement.bucket, Key: await bodyOf(one) };
  const read = async (Key: string) =>
    Buffer.from((await (await app.s3.send(new GetObjectCommand({ ...place, Key }))).Body?.transformToByteArray()) ?? []);
  const [own, foreign] = [await read(place.Key), await read(await bodyOf(two))];
  const flipped = Buffer.from(own);
  flipped[50] = (flipped[50] ?? 0) ^ 1;
  for (const Body of [flipped, own.subarray(0, -1), foreign]) {
    await app.s3.send(new PutObjectCommand({ ...place, Body }));
    const answer = await client.get(one);
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({ error: { code: "INTERNAL", reason: null } });
  }
  await app.s3.send(new PutObjectCommand({ ...place, Body: own }));
  expect(await (await client.get(one)).text()).toBe("first body");
});
