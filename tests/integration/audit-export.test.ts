import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import type { AuditEntry } from "@leasehold/db/audit/audit-entry";
import { type ExportLine, readExport, writeLine } from "@leasehold/db/audit/export-format";
import { verifyExport } from "@leasehold/db/audit/verify-export";
import { newId } from "@leasehold/domain/ids";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { stackEnv } from "@leasehold/infra/local/stack-env";
import { answerExport } from "@leasehold/portal/server/audit/answer-export";
import { createLogger } from "@leasehold/tenancy/logger";
import { createAuditDatabases } from "@leasehold/worker/audit/audit-databases";
import { startAnchoring } from "@leasehold/worker/audit/start-anchoring";
import { readEnv } from "@leasehold/worker/env";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type ApplicationWorld, createApplicationWorld } from "../support/application-world.ts";
import { sealAll } from "../support/audit-fixtures.ts";
import { codeOf, createPortal, type Portal } from "../support/portal-fixtures.ts";

type Person = Awaited<ReturnType<Portal["member"]>>;
let application: ApplicationWorld;
let portal: Portal;
let owner: Person;
const folderName = "Übernahme – 漢字";

beforeAll(async () => {
  application = await createApplicationWorld();
  portal = await createPortal(application.world);
  (globalThis as { leaseholdPortal?: unknown }).leaseholdPortal = portal.portal;
  owner = await portal.member("owner");
  await portal.owner.query("update control.tenants set plan = 'business' where tenant_id = $1", [owner.tenantId]);
  await application.createTenant({ tenantId: owner.tenantId, plan: "business" });
  await owner.call((call) => call.workspace.rename({ slug: owner.slug, name: "Harbour Works" }));
  const { folderId } = await owner.call((call) => call.documents.createFolder({ slug: owner.slug, name: folderName }));
  await owner.call((call) => call.documents.renameFolder({ slug: owner.slug, folderId, name: `${folderName}, again` }));
  await owner.call((call) => call.documents.deleteFolder({ slug: owner.slug, folderId }));
  for (const plane of ["control", "application"] as const) await sealAll(application.world.pool(plane, "worker"), plane);
});
afterAll(async () => {
  await portal?.[Symbol.asyncDispose]();
  await application?.[Symbol.asyncDispose]();
});

const download = (person: { call: { cookie(): string } }, slug: string, format = "ndjson") =>
  answerExport(
    new Request(`${portal.portal.env.PORTAL_URL}/api/audit/${slug}?format=${format}`, { headers: { cookie: person.call.cookie() } }),
    slug,
  );

test.each(["ndjson", "csv"])("an export as %s verifies by itself, with names in the clear and both planes whole", async (format) => {
  const answer = await download(owner, owner.slug, format);
  expect(answer.status).toBe(200);
  const text = await answer.text();
  const entries = readExport(text).filter((line) => line.type === "entry") as (ExportLine & AuditEntry)[];
  expect(entries.filter(({ plane }) => plane === "application").map(({ action, sealedDetails }) => [action, sealedDetails])).toEqual([
    ["folder.created", JSON.stringify({ name: folderName })],
    ["folder.renamed", JSON.stringify({ name: `${folderName}, again` })],
    ["folder.deleted", null],
  ]);
  expect(entries.map(({ action }) => action)).toContain("tenant.renamed");
  const { problems, verified } = verifyExport(text);
  expect(problems).toEqual([]);
  expect(verified.control + verified.application).toBe(entries.length);
});

test("an export that was changed, shortened or cut off does not verify, and the command says where", async () => {
  const text = await (await download(owner, owner.slug)).text();
  const lines = readExport(text);
  const write = (changed: ExportLine[]) => changed.map((line) => writeLine("ndjson", line)).join("");
  const renamed = lines.findIndex((line) => line.type === "entry" && line.action === "folder.renamed");
  const forged = lines.map((line, index) => (index === renamed ? ({ ...line, sealedDetails: '{"name":"other"}' } as ExportLine) : line));
  expect(verifyExport(write(forged)).problems).toEqual([expect.objectContaining({ kind: "altered", plane: "application", seq: 2 })]);
  expect(verifyExport(write(lines.filter((_, index) => index !== renamed))).problems).toEqual([
    expect.objectContaining({ kind: "removed", plane: "application", seq: 2 }),
  ]);
  expect(verifyExport(write(lines.filter((line) => line.type !== "end"))).problems.map(({ kind }) => kind)).toEqual([
    "truncated",
    "truncated",
  ]);

  const folder = join(tmpdir(), newId("event"));
  const run = async (name: string, content: string, ...more: string[]) => {
    const path = `${folder}-${name}`;
    await writeFile(path, content);
    const script = join(repositoryRoot, "db/src/audit/verify-cli.ts");
    return promisify(execFile)(process.execPath, [script, path, ...more]).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string }) => error,
    );
  };
  expect(await run("whole", text)).toMatchObject({ code: 0, stdout: expect.stringContaining("0 problems") });
  const row = lines[renamed] as ExportLine & AuditEntry;
  expect(await run("forged", write(forged))).toMatchObject({
    code: 1,
    stdout: expect.stringContaining(`altered: application 2 ${row.auditId}: its encrypted details are not those that were sealed`),
  });
});

test("the database holds no name in the clear", async () => {
  const rows = await application.query<{ text: string }>("select to_jsonb(a)::text as text from app.audit a where tenant_id = $1", [
    owner.tenantId,
  ]);
  expect(rows.length).toBeGreaterThan(2);
  for (const { text } of rows) expect(text).not.toContain("bernahme");
});

test("ends of chains are anchored in the object store, and a shortened export does not reach its anchor", async () => {
  const env = readEnv(stackEnv(application.world.stack, "worker"));
  const pool = (plane: "control" | "application") => application.world.pool(plane, "worker");
  const databases = createAuditDatabases({
    control: pool("control"),
    application: pool("application"),
    applicationDatabaseUrl: env.WORKER_APPLICATION_DATABASE_URL,
  });
  const s3 = new S3Client(application.world.aws("worker"));
  const logger = createLogger({ name: "test", level: "silent" });
  const anchoring = startAnchoring({
    databases,
    control: pool("control"),
    s3,
    bucket: env.POOL_BUCKET,
    lockDays: undefined,
    everyMs: 60_000,
    readsKeptDays: 400,
    logger,
  });
  try {
    anchoring.kick();
    const anchored = () => portal.rows("control.audit_anchors WHERE tenant_id = $1", [owner.tenantId]);
    await vi.waitFor(async () => expect(await anchored()).toBe(2), { timeout: 20_000 });
  } finally {
    await anchoring.stop();
    await databases.close();
  }
  const text = await (await download(owner, owner.slug)).text();
  const anchors = readExport(text).filter((line) => line.type === "anchor");
  const stored = await application.s3.send(new ListObjectsV2Command({ Bucket: env.POOL_BUCKET, Prefix: "audit-anchors/" }));
  for (const { objectKey } of anchors) expect(stored.Contents?.map(({ Key }) => Key)).toContain(objectKey);
  expect(verifyExport(text).problems).toEqual([]);
  // Whoever shortens the file also rewrites its end; the anchor remembers.
  const lines = readExport(text);
  const last = lines.findLastIndex((line) => line.type === "entry" && line.plane === "application");
  const before = lines[last - 1] as ExportLine & AuditEntry;
  const shortened = lines
    .filter((line, index) => index !== last && line.type !== "anchor")
    .map((line) =>
      line.type === "end" && line.plane === "application" ? { ...line, seq: before.seq ?? 0, link: before.link ?? "" } : line,
    );
  const shortText = shortened.map((line) => writeLine("ndjson", line)).join("");
  expect(verifyExport(shortText).problems).toEqual([]);
  expect(verifyExport(shortText, anchors).problems).toEqual([expect.objectContaining({ kind: "truncated", plane: "application" })]);
});

test("an export is for those who may read the log, of their own workspace, where the plan has it", async () => {
  const member = await portal.member("member", owner);
  const stranger = await portal.member("owner");
  const body = async (answer: Response) => [answer.status, ((await answer.json()) as { error: { code: string } }).error.code];
  expect(await body(await download({ call: { cookie: () => "" } }, owner.slug))).toEqual([401, "UNAUTHENTICATED"]);
  expect(await body(await download(member, owner.slug))).toEqual([403, "FORBIDDEN"]);
  expect(await body(await download(stranger, owner.slug))).toEqual(await body(await download(stranger, "nowhere-at-all")));
  expect(await body(await download(stranger, stranger.slug))).toEqual([403, "FORBIDDEN"]);
  expect((await download(await portal.member("admin", owner), owner.slug)).status).toBe(200);
});

test("the portal lists both planes in one order, page by page, and narrows by who, what and when", async () => {
  const read = (input: object) => owner.call((call) => call.workspace.audit({ slug: owner.slug, documents: true, ...input }));
  const whole = await read({ limit: 100 });
  expect(whole.documentsAway).toBe(false);
  const paged: string[] = [];
  for (let cursor: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof read>> = await read({ limit: 2, cursor });
    paged.push(...page.items.map(({ auditId }) => auditId));
    cursor = page.nextCursor;
    if (cursor === null) break;
  }
  expect(paged).toEqual(whole.items.map(({ auditId }) => auditId));
  expect(new Set(paged).size).toBe(paged.length);
  const folders = await read({ action: "folder" });
  expect(folders.items.map(({ action, details }) => [action, details.name])).toEqual([
    ["folder.deleted", undefined],
    ["folder.renamed", `${folderName}, again`],
    ["folder.created", folderName],
  ]);
  expect((await read({ actor: `user:${owner.userId}`, action: "tenant.renamed" })).items).toHaveLength(1);
  expect((await read({ actor: `user:${newId("user")}` })).items).toEqual([]);
  expect((await read({ to: new Date(Date.now() - 3_600_000) })).items).toEqual([]);
  expect(await codeOf(read({ cursor: "bm90IGEgY3Vyc29y" }))).not.toBe("ok");
});
