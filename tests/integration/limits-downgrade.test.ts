import { setLimits } from "@leasehold/db/application/placement/set-limits";
import { newId } from "@leasehold/domain/ids";
import { limitsOf } from "@leasehold/domain/plans";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type ApplicationClient,
  type ApplicationTenant,
  type ApplicationWorld,
  createApplicationWorld,
} from "../support/application-world.ts";

let app: ApplicationWorld;
beforeAll(async () => {
  app = await createApplicationWorld();
});
afterAll(() => app?.[Symbol.asyncDispose]());

/** A tenant with three documents of 100 bytes, and then less than that allowed. */
async function downgraded(to: { documents?: number; storageBytes?: number }): Promise<[ApplicationTenant, ApplicationClient, string[]]> {
  const tenant = await app.createTenant();
  const client = await app.as(tenant);
  const documentIds = [1, 2, 3].map(() => newId("document"));
  for (const documentId of documentIds) expect((await client.put({ documentId, name: documentId }, Buffer.alloc(100))).status).toBe(200);
  await setLimits(app.world.pool("application", "worker"), tenant.tenantId, { ...limitsOf("starter"), ...to });
  return [tenant, client, documentIds];
}

const refusalOf = async (answer: Promise<Response>) =>
  ((await (await answer).json()) as { error: { code: string; reason: string; message: string } }).error;

test("fewer documents than there are: they are read, renamed and deleted, none is added until there is room", async () => {
  const [, client, [first = "", second = ""]] = await downgraded({ documents: 2 });
  const put = () => client.put({ documentId: newId("document"), name: newId("document") }, "x");
  expect(await refusalOf(put())).toMatchObject({
    code: "LIMIT_EXCEEDED",
    reason: "documents-limit",
    message: "Your plan holds 2 documents, and 3 are stored. Delete some, or change the plan.",
  });
  expect((await client.trpc.documents.list.query({})).documents).toHaveLength(3);
  expect((await client.get(first)).status).toBe(200);
  await client.trpc.documents.rename.mutate({ documentId: first, name: "still mine" });
  await client.trpc.documents.delete.mutate({ documentId: first });
  expect(await refusalOf(put())).toMatchObject({ reason: "documents-limit" });
  await client.trpc.documents.delete.mutate({ documentId: second });
  const both = await Promise.all([put(), put()]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 429]);
});

test("less storage than is used: bodies are read, none is stored", async () => {
  const [, client, [first = ""]] = await downgraded({ storageBytes: 250 });
  const put = (bytes: number) => client.put({ documentId: newId("document"), name: newId("document") }, Buffer.alloc(bytes));
  expect(await refusalOf(put(1))).toMatchObject({
    code: "LIMIT_EXCEEDED",
    reason: "storage-limit",
    message: "More is stored than your plan holds. Delete documents, or change the plan.",
  });
  expect(Buffer.from(await (await client.get(first)).arrayBuffer())).toHaveLength(100);
  await client.trpc.documents.delete.mutate({ documentId: first });
  const both = await Promise.all([put(40), put(40)]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 429]);
});
