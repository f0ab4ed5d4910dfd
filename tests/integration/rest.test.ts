import { apiDocument } from "@leasehold/application/rest/api-document";
import { appRouter } from "@leasehold/application/router";
import { newId } from "@leasehold/domain/ids";
import { listProcedures } from "@leasehold/tenancy/trpc/procedure-meta";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeApiKey, type RestClient, restClient } from "../support/api-client.ts";
import { type ApplicationTenant, type ApplicationWorld, createApplicationWorld } from "../support/application-world.ts";

let app: ApplicationWorld;
let tenant: ApplicationTenant;
let call: RestClient;
let key: string;

beforeAll(async () => {
  app = await createApplicationWorld();
  tenant = await app.createTenant();
  ({ key } = await makeApiKey(app, tenant));
  call = restClient(app.url, key);
});
afterAll(() => app?.[Symbol.asyncDispose]());

const problem = (status: number, code: string) =>
  expect.objectContaining({ type: "about:blank", status, code, requestId: expect.stringMatching(/^req_/), detail: expect.any(String) });

describe("the document", () => {
  it("has an operation for every procedure that is not internal, with its scope and its idempotency key", () => {
    const { paths } = apiDocument();
    const operations = Object.values(paths).flatMap((item) => Object.values(item) as Record<string, unknown>[]);
    for (const { path, meta, type } of listProcedures(appRouter)) {
      const operation = operations.find(({ operationId }) => operationId === path);
      expect([path, operation !== undefined]).toEqual([path, meta.internal !== true]);
      if (operation === undefined) continue;
      expect(operation.security).toEqual([{ bearer: [meta.scope] }]);
      const named = JSON.stringify(operation.parameters ?? []).includes("IdempotencyKey");
      expect([path, named, meta.idempotent === true]).toEqual([path, type === "mutation", type === "mutation"]);
    }
    expect(operations.map(({ operationId }) => operationId)).toEqual(expect.arrayContaining(["documents.upload", "documents.download"]));
  });

  it("is valid OpenAPI 3.1, and is what is served", async () => {
    const served = await fetch(`${app.url}/openapi.json`);
    const document = await served.json();
    expect(document).toEqual(JSON.parse(JSON.stringify(apiDocument())));
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    expect([valid, errors]).toEqual([true, undefined]);
    expect(validator.version).toBe("3.1");
  });

  it("is the one that was agreed on: a change of the interface shows in review", async () => {
    await expect(`${JSON.stringify(apiDocument(), null, 2)}\n`).toMatchFileSnapshot("../../docs/openapi.json");
  });

  it("is browsable, from this origin alone", async () => {
    const page = await fetch(`${app.url}/docs`);
    const html = await page.text();
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    const assets = [...html.matchAll(/(?:src|href)="([^"]+)"/g)]
      .map(([, address]) => address ?? "")
      .filter((address) => address !== "data:,");
    expect(assets.length).toBeGreaterThan(2);
    for (const address of assets) {
      expect(address).toMatch(/^\//);
      const asset = await fetch(`${app.url}${address}`);
      expect([address, asset.status]).toEqual([address, 200]);
      expect(asset.headers.get("x-content-type-options")).toBe("nosniff");
      await asset.arrayBuffer();
    }
  });
});

describe("a program with a key", () => {
  it("stores, finds, reads, renames and deletes a document", async () => {
    const documentId = newId("document");
    const address = `/v1/documents/${documentId}`;
    const stored = await call("PUT", `${address}/body?name=plan.txt`, "the plan", { "content-type": "text/plain" });
    expect([stored.status, stored.body]).toEqual([
      200,
      expect.objectContaining({ documentId, name: "plan.txt", sizeBytes: 8, version: 1 }),
    ]);
    expect((await call("GET", "/v1/documents?search=pla")).body.documents).toEqual([stored.body]);
    expect((await call("GET", address)).body).toEqual(stored.body);
    const body = await call("GET", `${address}/body`);
    expect([body.text, body.headers.get("content-disposition")]).toEqual(["the plan", expect.stringContaining("attachment")]);
    const renamed = await call("PATCH", address, { name: "plan B.txt" });
    expect(renamed.body).toMatchObject({ name: "plan B.txt", version: 2 });
    expect(renamed.body.updatedAt).toMatch(/^\d{4}-.*Z$/);
    const deleted = await call("DELETE", address);
    expect([deleted.status, deleted.text]).toEqual([204, ""]);
    expect((await call("GET", address)).body).toEqual(problem(404, "NOT_FOUND"));
    expect((await call("GET", "/v1/usage")).body).toMatchObject({ documents: 0, limits: { documents: 20_000 } });
  });

  it("pages through a folder, leaving none out; a forged cursor shows nothing of another tenant", async () => {
    const own = await app.createTenant();
    const one = restClient(app.url, (await makeApiKey(app, own)).key);
    for (let number = 0; number < 53; number++) {
      expect((await one("PUT", `/v1/documents/${newId("document")}/body?name=n${number}`, "x")).status).toBe(200);
    }
    const names: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const page: { body: { documents: { name: string }[]; nextCursor: string | null } } = await one(
        "GET",
        `/v1/documents${cursor === "" ? "" : `?cursor=${cursor}`}`,
      );
      names.push(...page.body.documents.map(({ name }) => name));
      cursor = page.body.nextCursor;
    }
    expect(new Set(names).size).toBe(53);
    expect(names).toHaveLength(53);
    const forged = await call("GET", `/v1/documents?cursor=doc_7${"Z".repeat(25)}`);
    expect(forged.status).toBe(200);
    expect(forged.text).not.toContain(own.tenantId);
    expect(forged.body.documents.some(({ name }: { name: string }) => names.includes(name))).toBe(false);
    expect((await call("GET", "/v1/documents?cursor=x")).body).toEqual(problem(400, "VALIDATION"));
  });

  it("may be a person's token too", async () => {
    const token = await app.world.tokenFor({ tenantId: tenant.tenantId, userId: newId("user"), roles: ["viewer"] });
    const person = restClient(app.url, token);
    expect((await person("GET", "/v1/documents")).status).toBe(200);
    expect((await person("POST", "/v1/folders", { name: "x" })).body).toEqual(problem(403, "FORBIDDEN"));
  });
});

describe("a refusal", () => {
  it("is a problem that names every field at fault", async () => {
    const answer = await call("POST", "/v1/folders", { name: "", parentId: "x" });
    expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
    expect(answer.body).toEqual(problem(400, "VALIDATION"));
    expect(answer.body.errors.map(({ field }: { field: string }) => field).sort()).toEqual(["name", "parentId"]);
    expect(answer.headers.get("x-request-id")).toBe(answer.body.requestId);
  });

  it.each([
    ["no credential", "GET", "/v1/documents", { authorization: "" }, undefined, 401, "UNAUTHENTICATED"],
    ["a body that is no JSON", "POST", "/v1/folders", { "content-type": "application/json" }, "{", 400, "VALIDATION"],
    ["a body that is a list", "POST", "/v1/folders", {}, [], 400, "VALIDATION"],
    ["a body of another type", "POST", "/v1/folders", { "content-type": "text/plain" }, "name=x", 400, "VALIDATION"],
    ["a body without end", "POST", "/v1/folders", {}, { name: "x".repeat(400_000) }, 400, "VALIDATION"],
    ["an address that is not there", "GET", "/v1/nothing", {}, undefined, 404, "NOT_FOUND"],
    ["another method", "POST", "/v1/documents", {}, {}, 405, "VALIDATION"],
    ["an upload without a name", "PUT", `/v1/documents/${newId("document")}/body`, {}, "x", 400, "VALIDATION"],
    ["the body of what is not there", "GET", `/v1/documents/${newId("document")}/body`, {}, undefined, 404, "NOT_FOUND"],
    [
      "a member of the path given again in the body",
      "PATCH",
      `/v1/documents/${newId("document")}`,
      {},
      { name: "x", documentId: "y" },
      404,
      "NOT_FOUND",
    ],
  ] as const)("of %s is a problem", async (_what, method, path, headers, body, status, code) => {
    const answer = await call(method, path, body, headers);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([status, expect.stringMatching(/^application\/problem\+json/)]);
    expect(answer.body).toEqual(problem(status, code));
    expect(answer.text).not.toMatch(/ at \/|node_modules|stack/);
  });

  it("says what another method would be, and what another tenant has is not there", async () => {
    expect((await call("POST", "/v1/documents", {})).headers.get("allow")).toBe("GET");
    const documentId = newId("document");
    const other = await app.createTenant();
    expect((await (await app.as(other)).put({ documentId, name: "theirs" }, "x")).status).toBe(200);
    const missing = newId("document");
    for (const [method, suffix, body] of [
      ["GET", "", undefined],
      ["GET", "/body", undefined],
      ["PATCH", "", { name: "mine" }],
      ["DELETE", "", undefined],
    ] as const) {
      const [theirs, nobodys] = [
        await call(method, `/v1/documents/${documentId}${suffix}`, body),
        await call(method, `/v1/documents/${missing}${suffix}`, body),
      ];
      expect({ ...theirs.body, requestId: "" }).toEqual({ ...nobodys.body, requestId: "" });
      expect(theirs.status).toBe(404);
    }
  });
});
