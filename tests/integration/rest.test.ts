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
  it.each([
    ["GET", "/v1/audit?action=a%00b", "action"],
    ["GET", "/v1/documents/a%00b", "documentId"],
    ["GET", "/v1/documents/a%00b/body", "documentId"],
    ["DELETE", "/v1/folders/a%00b", "folderId"],
    ["PUT", `/v1/documents/${newId("document")}/body?name=a%00b`, "name"],
  ] as const)("names what no column can keep: %s %s", async (method, address, field) => {
    const answer = await call(method, address, method === "PUT" ? "x" : undefined);
    expect([answer.status, answer.body.code, answer.text.includes(field)]).toEqual([400, "VALIDATION", true]);
  });

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

  it("is what a number in the query gets that is not written in digits", async () => {
    const owner = restClient(app.url, await app.world.tokenFor({ tenantId: tenant.tenantId, userId: newId("user") }));
    const answers = async (query: string) => (await owner("GET", `/v1/audit/chain?${query}`)).status;
    for (const query of ["after=", "after=%20", "after=-1", "after=1e1", "after=0x1", "after=1&after=2", "limit=", "limit=true"])
      expect([query, await answers(query)]).toEqual([query, 400]);
    expect([await answers("after=0&limit=1"), await answers("")]).toEqual([200, 200]);
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

describe("a version", () => {
  it("is the entity tag of documents and folders; whoever has it is told so and no more", async () => {
    const documentId = newId("document");
    await call("PUT", `/v1/documents/${documentId}/body?name=${documentId}`, "x");
    const { folderId } = (await call("POST", "/v1/folders", { name: documentId })).body;
    for (const address of [`/v1/documents/${documentId}`, `/v1/documents/${documentId}/body`, `/v1/folders/${folderId}`]) {
      const read = await call("GET", address);
      expect([read.status, read.headers.get("etag")]).toEqual([200, '"1"']);
      for (const tag of ['"1"', 'W/"1"', '"7", "1"', "*"]) {
        const known = await call("GET", address, undefined, { "if-none-match": tag });
        expect([address, tag, known.status, known.text, known.headers.get("etag")]).toEqual([address, tag, 304, "", '"1"']);
      }
      for (const tag of ['"2"', "1", '"1']) expect((await call("GET", address, undefined, { "if-none-match": tag })).status).toBe(200);
    }
    const renamed = await call("PATCH", `/v1/folders/${folderId}`, { name: `${documentId} B` });
    expect([renamed.body.version, renamed.headers.get("etag")]).toEqual([2, '"2"']);
    expect((await call("GET", `/v1/folders/${folderId}`, undefined, { "if-none-match": '"1"' })).body).toEqual(renamed.body);
  });

  it("that a change was made from has to be the one that is there", async () => {
    const documentId = newId("document");
    await call("PUT", `/v1/documents/${documentId}/body?name=${documentId}`, "x");
    const { folderId } = (await call("POST", "/v1/folders", { name: documentId })).body;
    for (const address of [`/v1/documents/${documentId}`, `/v1/folders/${folderId}`]) {
      const change = (tag: string, name: string, more = {}) => call("PATCH", address, { name }, { "if-match": tag, ...more });
      // The same request again is answered as before, although the version is another by then.
      const again = { "idempotency-key": newId("event") };
      for (let times = 0; times < 2; times++) {
        const { body, headers } = await change('"1"', `${documentId} C`, again);
        expect([body, headers.get("etag")]).toEqual([expect.objectContaining({ version: 2 }), '"2"']);
      }
      const late = await change('"1"', `${documentId} D`);
      expect(late.body).toEqual(problem(412, "PRECONDITION_FAILED"));
      expect([late.body.reason, late.headers.get("etag")]).toEqual(["version-changed", null]);
      expect(late.body.detail).toMatch(/at version 2\. Read it again, and send the ETag/);
      expect((await call("GET", address)).body).toMatchObject({ name: `${documentId} C`, version: 2 });
      for (const tag of ['W/"2"', '"abc"', '"1", "3"'])
        expect((await call("DELETE", address, undefined, { "if-match": tag })).status).toBe(412);
      expect((await call("DELETE", address, undefined, { "if-match": "2" })).body).toMatchObject({
        status: 400,
        reason: "if-match-malformed",
      });
      const [one, other] = await Promise.all([change('"2"', `${documentId} E`), change('"2"', `${documentId} F`)]);
      expect([one.status, other.status].sort()).toEqual([200, 412]);
      expect((await call("DELETE", address, undefined, { "if-match": '"1", "3"' })).status).toBe(204);
    }
  });

  it("is asked for in vain where there is none", async () => {
    const withTag = { "if-match": '"1"' };
    for (const [method, path, body] of [
      ["POST", "/v1/folders", { name: "tagged" }],
      ["PUT", `/v1/documents/${newId("document")}/body?name=tagged`, "x"],
    ] as const)
      expect((await call(method, path, body, withTag)).body).toMatchObject({ status: 412, reason: "no-version" });
  });

  it("of another tenant's is answered as one of nobody's, whatever tag is sent", async () => {
    const other = await app.createTenant();
    const their = restClient(app.url, (await makeApiKey(app, other)).key);
    const documentId = newId("document");
    await their("PUT", `/v1/documents/${documentId}/body?name=theirs`, "x");
    const { folderId } = (await their("POST", "/v1/folders", { name: "theirs" })).body;
    const pairs = [
      [`/v1/documents/${documentId}`, `/v1/documents/${newId("document")}`],
      [`/v1/folders/${folderId}`, `/v1/folders/${newId("folder")}`],
    ] as const;
    const headersOf = ({ headers }: { headers: Headers }) =>
      [...headers.keys()].filter((name) => !["x-request-id", "date", "ratelimit"].includes(name));
    for (const [theirs, nobodys] of pairs)
      for (const [method, header, body] of [
        ["GET", "if-none-match", undefined],
        ["PATCH", "if-match", { name: "mine" }],
        ["DELETE", "if-match", undefined],
      ] as const)
        for (const tag of ['"1"', '"2"', "*"]) {
          const [one, two] = [await call(method, theirs, body, { [header]: tag }), await call(method, nobodys, body, { [header]: tag })];
          expect([method, tag, one.status, { ...one.body, requestId: "" }]).toEqual([method, tag, 404, { ...two.body, requestId: "" }]);
          expect(headersOf(one)).toEqual(headersOf(two));
          expect(one.headers.get("etag")).toBeNull();
        }
  });
});
