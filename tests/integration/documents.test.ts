import { randomBytes } from "node:crypto";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { newId } from "@leasehold/domain/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type ApplicationClient,
  type ApplicationTenant,
  type ApplicationWorld,
  createApplicationWorld,
} from "../support/application-world.ts";

let app: ApplicationWorld;
let tenant: ApplicationTenant;
let member: ApplicationClient;

beforeAll(async () => {
  app = await createApplicationWorld();
  tenant = await app.createTenant();
  member = await app.as(tenant);
});
afterAll(() => app?.[Symbol.asyncDispose]());

const refusal = (domainCode: string, reason?: string) =>
  expect.objectContaining({ data: expect.objectContaining({ domainCode, ...(reason === undefined ? {} : { reason }) }) });

async function upload(
  client: ApplicationClient,
  name: string,
  body: BodyInit = "hello",
  extra: Record<string, string> = {},
): Promise<string> {
  const documentId = newId("document");
  const answer = await client.put({ documentId, name, ...extra }, body);
  expect(answer.status, await answer.clone().text()).toBe(200);
  return documentId;
}
const objectsOf = async ({ placement }: ApplicationTenant) => {
  const listed = await app.s3.send(new ListObjectsV2Command({ Bucket: placement.bucket, Prefix: placement.objectPrefix }));
  return (listed.Contents ?? []).map(({ Key }) => Key);
};

/** Signature, header and the beginning of the pixels. */
const beginOfPng = Buffer.from("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000049444154", "hex");

describe("a document", () => {
  it("is stored encrypted, read back whole and described", async () => {
    const body = Buffer.concat([beginOfPng, randomBytes(3 * 1024 * 1024 + 17)]);
    const documentId = newId("document");
    const answer = await member.put({ documentId, name: "Übersicht 2026.png" }, body, { "content-type": "image/png; x=y" });
    expect(answer.status).toBe(200);
    const view = await member.trpc.documents.get.query({ documentId });
    expect(view).toMatchObject({
      name: "Übersicht 2026.png",
      contentType: "image/png",
      preview: "image",
      sizeBytes: body.length,
      folderId: null,
    });
    const read = await member.get(documentId);
    expect(read.headers.get("content-disposition")).toContain("filename*=UTF-8''%C3%9Cbersicht%202026.png");
    expect(read.headers.get("x-content-type-options")).toBe("nosniff");
    expect(Buffer.from(await read.arrayBuffer()).equals(body)).toBe(true);
    const [row] = await app.query<Record<string, unknown>>("select * from app.documents where document_id = $1", [documentId]);
    expect(JSON.stringify(row)).not.toContain("bersicht");
    expect(Buffer.from(row?.name_cipher as Buffer).includes("bersicht")).toBe(false);
  });

  it("never comes as something that a browser runs", async () => {
    const documentId = newId("document");
    await member.put({ documentId, name: "page.html" }, "<script>alert(1)</script>", { "content-type": "text/html" });
    const read = await member.get(documentId, "?disposition=inline");
    expect(read.headers.get("content-type")).toBe("application/octet-stream");
    expect(read.headers.get("content-disposition")).toMatch(/^attachment;/);
    expect(read.headers.get("content-security-policy")).toContain("sandbox");
  });

  it("may be empty, and may come without a length", async () => {
    expect(await (await member.get(await upload(member, "empty", ""))).text()).toBe("");
    const chunks = new ReadableStream({
      start(controller) {
        for (const part of ["one ", "two ", "three"]) controller.enqueue(new TextEncoder().encode(part));
        controller.close();
      },
    });
    const documentId = await upload(member, "streamed", chunks);
    expect(await (await member.get(documentId)).text()).toBe("one two three");
    expect((await member.trpc.documents.get.query({ documentId })).sizeBytes).toBe(13);
  });

  it("is renamed and deleted, and its object goes with it", async () => {
    const own = await app.createTenant();
    const client = await app.as(own);
    const documentId = await upload(client, "draft");
    expect(await client.trpc.documents.rename.mutate({ documentId, name: "final" })).toMatchObject({
      name: "final",
      version: 2,
      contentType: "text/plain",
    });
    expect(await objectsOf(own)).toHaveLength(1);
    await client.trpc.documents.delete.mutate({ documentId });
    expect(await objectsOf(own)).toEqual([]);
    await expect(client.trpc.documents.get.query({ documentId })).rejects.toEqual(refusal("NOT_FOUND"));
    await expect(client.trpc.documents.delete.mutate({ documentId })).rejects.toEqual(refusal("NOT_FOUND"));
    expect(await client.trpc.usage.summary.query()).toMatchObject({ documents: 0, storedBytes: 0 });
    const audit = await app.query<{ action: string }>("select action from app.audit where tenant_id = $1 order by audit_id", [
      own.tenantId,
    ]);
    expect(audit.map(({ action }) => action)).toEqual(["document.uploaded", "document.renamed", "document.deleted"]);
  });

  it("is refused under a name that its folder has, whatever the spelling", async () => {
    await upload(member, "Budget");
    const second = await member.put({ documentId: newId("document"), name: "  BUDGET " }, "x");
    expect(second.status).toBe(409);
    expect(await second.json()).toMatchObject({ error: { code: "CONFLICT", reason: "name-taken", field: "name" } });
    const other = await upload(member, "Budget 2");
    await expect(member.trpc.documents.rename.mutate({ documentId: other, name: "budget" })).rejects.toEqual(
      refusal("CONFLICT", "name-taken"),
    );
  });

  it.each(["", " ", "a/b", "a\\b", "..", "a\u0000b", "a\u202eb", "x".repeat(201)])("is refused under the name %j", async (name) => {
    const answer = await member.put({ documentId: newId("document"), name }, "x");
    expect(await answer.json()).toMatchObject({ error: { code: "VALIDATION", field: "name" } });
  });

  it("is found by any part of its name, and by nothing else", async () => {
    const client = await app.as(await app.createTenant());
    const report = await upload(client, "Annual Report 2026.pdf");
    await upload(client, "Recipes");
    const search = async (text: string) =>
      (await client.trpc.documents.list.query({ search: text })).documents.map(({ documentId }) => documentId);
    for (const text of ["report", "REPORT 20", "l rep", "pdf", "an"]) expect(await search(text)).toEqual([report]);
    for (const text of ["troper", "report 2025", "zz"]) expect(await search(text)).toEqual([]);
    await client.trpc.documents.rename.mutate({ documentId: report, name: "Summary" });
    expect(await search("report")).toEqual([]);
    expect(await search("summ")).toEqual([report]);
  });

  it("comes in pages that leave none out and repeat none", async () => {
    const client = await app.as(await app.createTenant());
    const made: string[] = [];
    for (let index = 0; index < 57; index++) made.push(await upload(client, `page ${index}`));
    const first = await client.trpc.documents.list.query({});
    const second = await client.trpc.documents.list.query({ cursor: first.nextCursor });
    expect(first.documents).toHaveLength(50);
    expect(second.nextCursor).toBeNull();
    expect([...first.documents, ...second.documents].map(({ documentId }) => documentId)).toEqual(made.reverse());
  });
});

describe("a folder", () => {
  it("holds folders and documents, shows its path, and is deleted when it is empty", async () => {
    const client = await app.as(await app.createTenant());
    const outer = await client.trpc.documents.createFolder.mutate({ name: "Finance" });
    const inner = await client.trpc.documents.createFolder.mutate({ name: "2026", parentId: outer.folderId });
    const documentId = await upload(client, "plan", "x", { folderId: inner.folderId });
    const page = await client.trpc.documents.list.query({ folderId: inner.folderId });
    const listed = ({ folderId, name, nameLost }: typeof outer) => ({ folderId, name, nameLost });
    expect(page.path).toEqual([outer, inner].map(listed));
    expect(page.documents.map((document) => document.documentId)).toEqual([documentId]);
    expect((await client.trpc.documents.list.query({})).folders).toEqual([listed(outer)]);
    await expect(client.trpc.documents.createFolder.mutate({ name: "finance" })).rejects.toEqual(refusal("CONFLICT", "name-taken"));
    const sibling = await client.trpc.documents.createFolder.mutate({ name: "Legal" });
    await expect(client.trpc.documents.renameFolder.mutate({ folderId: sibling.folderId, name: "FINANCE" })).rejects.toEqual(
      refusal("CONFLICT", "name-taken"),
    );
    for (const { folderId } of [outer, inner]) {
      await expect(client.trpc.documents.deleteFolder.mutate({ folderId })).rejects.toEqual(
        refusal("PRECONDITION_FAILED", "folder-not-empty"),
      );
    }
    await client.trpc.documents.delete.mutate({ documentId });
    await client.trpc.documents.deleteFolder.mutate({ folderId: inner.folderId });
    await client.trpc.documents.deleteFolder.mutate({ folderId: outer.folderId });
    expect((await client.trpc.documents.list.query({})).folders.map(({ name }) => name)).toEqual(["Legal"]);
  });
});

describe("another tenant's documents", () => {
  it("are not there: not to list, find, read, rename, delete or put into", async () => {
    const [ours, theirs] = [await app.as(tenant), await app.as(await app.createTenant(), "owner")];
    const folder = await ours.trpc.documents.createFolder.mutate({ name: "Private" });
    const documentId = await upload(ours, "Secret plan", "secret", { folderId: folder.folderId });
    const before = await app.query("select * from app.documents where document_id = $1", [documentId]);

    expect((await theirs.trpc.documents.list.query({})).documents).toEqual([]);
    expect((await theirs.trpc.documents.list.query({ search: "secret" })).documents).toEqual([]);
    await expect(theirs.trpc.documents.list.query({ folderId: folder.folderId })).rejects.toEqual(refusal("NOT_FOUND"));
    await expect(theirs.trpc.documents.get.query({ documentId })).rejects.toEqual(refusal("NOT_FOUND"));
    await expect(theirs.trpc.documents.rename.mutate({ documentId, name: "mine" })).rejects.toEqual(refusal("NOT_FOUND"));
    await expect(theirs.trpc.documents.delete.mutate({ documentId })).rejects.toEqual(refusal("NOT_FOUND"));
    await expect(theirs.trpc.documents.renameFolder.mutate({ folderId: folder.folderId, name: "x" })).rejects.toEqual(refusal("NOT_FOUND"));
    await expect(theirs.trpc.documents.deleteFolder.mutate({ folderId: folder.folderId })).rejects.toEqual(refusal("NOT_FOUND"));
    await expect(theirs.trpc.documents.createFolder.mutate({ name: "x", parentId: folder.folderId })).rejects.toEqual(refusal("NOT_FOUND"));
    expect((await theirs.get(documentId)).status).toBe(404);
    expect((await theirs.put({ documentId: newId("document"), name: "x", folderId: folder.folderId }, "x")).status).toBe(404);

    // The same id is free in another tenant, and touches nothing of ours.
    expect((await theirs.put({ documentId, name: "Secret plan" }, "theirs")).status).toBe(200);
    expect(await (await ours.get(documentId)).text()).toBe("secret");
    expect(await app.query("select * from app.documents where document_id = $1 and tenant_id = $2", [documentId, tenant.tenantId])).toEqual(
      before,
    );
  });
});

describe("what a role may", () => {
  it("lets a viewer read and change nothing", async () => {
    const viewer = await app.as(tenant, "viewer");
    const documentId = await upload(member, `for viewers ${Date.now()}`);
    expect((await viewer.get(documentId)).status).toBe(200);
    await expect(viewer.trpc.documents.rename.mutate({ documentId, name: "x" })).rejects.toEqual(refusal("FORBIDDEN", "scope-missing"));
    await expect(viewer.trpc.documents.delete.mutate({ documentId })).rejects.toEqual(refusal("FORBIDDEN"));
    await expect(viewer.trpc.documents.createFolder.mutate({ name: "x" })).rejects.toEqual(refusal("FORBIDDEN"));
    expect((await viewer.put({ documentId: newId("document"), name: "x" }, "x")).status).toBe(403);
  });
});
