import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { replaceLostKeys } from "@leasehold/activities/keys/give-up-keys";
import type { AppRouter } from "@leasehold/application/router";
import type { DocumentLine, FolderLine } from "@leasehold/archive/format";
import { repositoryRoot } from "@leasehold/infra/local/paths";
import { appUrl } from "@leasehold/infra/local/stack-env";
import { createTRPCClient, httpLink } from "@trpc/client";
import superjson from "superjson";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AppProcess } from "../support/app-process.ts";
import { documentsOf } from "../support/documents-client.ts";
import { type ArchiveFile, askForExport, awaitExport, fetchArchive, linesOf, readWhole, saveArchive } from "../support/exports.ts";
import { loseDataKey } from "../support/lose-data-key.ts";
import { awaitOutcome } from "../support/onboarding-outcome.ts";
import { epochNeeds } from "../support/open-epoch.ts";
import { type RequestedTenant, requestOnboarding } from "../support/request-onboarding.ts";
import { issuersWithoutPortal } from "../support/use-workspace.ts";
import { createWorld, type World } from "../support/world.ts";

let world: World;
let application: AppProcess;

beforeAll(async () => {
  world = await createWorld();
  application = await world.start("application", issuersWithoutPortal(world.stack));
  await world.start("worker");
});
afterAll(() => world[Symbol.asyncDispose]());

async function createTenant(): Promise<RequestedTenant> {
  const tenant = await requestOnboarding(world.pool("control", "portal"), { plan: "pro" });
  expect((await awaitOutcome(world, tenant)).state).toBe("SUCCEEDED");
  return tenant;
}

function apiOf(tenant: RequestedTenant) {
  const url = `${appUrl(world.stack, "application")}/trpc`;
  const headers = async () => ({ authorization: `Bearer ${await world.tokenFor(tenant)}` });
  return createTRPCClient<AppRouter>({ links: [httpLink({ url, transformer: superjson, headers })] });
}

async function exportOf(tenant: RequestedTenant): Promise<ArchiveFile> {
  const ready = await awaitExport(world, tenant.tenantId, await askForExport(world, tenant));
  return saveArchive(await fetchArchive(world, tenant, ready));
}

const runs = promisify(execFile);
/** One of the commands as people run it. */
async function run(command: string, path: string, env: Record<string, string> = {}) {
  const program = join(repositoryRoot, `packages/archive/src/${command}-cli.ts`);
  return runs(process.execPath, [program, path], { env: env as NodeJS.ProcessEnv })
    .then(({ stdout, stderr }) => ({ code: 0, stdout, stderr }))
    .catch((error: { code: number; stdout: string; stderr: string }) => error);
}

/** What an export says of folders and documents, without who made them and when. */
async function contentsOf({ path }: ArchiveFile) {
  const files = await readWhole(createReadStream(path));
  const documents = linesOf<DocumentLine>(files, "documents.ndjson");
  return {
    folders: linesOf<FolderLine>(files, "folders.ndjson").map(({ folderId, parentId, name }) => ({ folderId, parentId, name })),
    documents: documents.map(({ createdAt: _, createdBy: __, updatedAt: ___, version: ____, ...line }) => line),
    bodies: documents.map(({ file }) =>
      createHash("sha256")
        .update(files.get(file ?? "") ?? "")
        .digest("hex"),
    ),
  };
}

test("export, verify, import into a new workspace, export: the same contents; again changes nothing", async () => {
  const from = await createTenant();
  const source = apiOf(from);
  const { folderId: outer } = await source.documents.createFolder.mutate({ name: "Verträge" });
  const { folderId: inner } = await source.documents.createFolder.mutate({ name: "2026 …", parentId: outer });
  const url = appUrl(world.stack, "application");
  const put = async (name: string, folderId: string, body: Buffer, type: string) => {
    const query = new URLSearchParams({
      name,
      folderId,
      documentId: `doc_01K${randomBytes(12).toString("hex").toUpperCase().slice(0, 23)}`,
    });
    const headers = { authorization: `Bearer ${await world.tokenFor(from)}`, "content-type": type };
    const answer = await fetch(`${url}/documents/body?${query}`, { method: "PUT", headers, body: new Uint8Array(body) });
    expect(answer.status, await answer.clone().text()).toBe(200);
  };
  for (let n = 0; n < 30; n++) await put(`Report ${n}.txt`, n % 2 === 0 ? outer : inner, randomBytes(n * 700), "text/plain");
  await put('Prices, "quoted" & ünïcode 🗎.csv', "", Buffer.from("a;b\r\n"), "text/csv");
  await put("con", inner, Buffer.alloc(0), "application/x-own");
  await put("Scan.bin", outer, randomBytes(6 * 1024 * 1024), "application/octet-stream");

  await using first = await exportOf(from);
  const verified = await run("verify", first.path);
  expect(verified).toMatchObject({ code: 0 });
  expect(verified.stdout).toMatch(/33 documents \(0 without content\), 2 folders, 1 members/);
  expect(verified.stdout).toMatch(/every sum and count holds/);

  const into = await createTenant();
  const { key } = await apiOf(into).apiKeys.create.mutate({ name: "Import", scopes: ["documents:read", "documents:write"] });
  const env = { LEASEHOLD_API_URL: url, LEASEHOLD_API_KEY: key ?? "" };
  const imported = await run("import", first.path, env);
  expect(imported, imported.stderr).toMatchObject({ code: 0 });
  expect(imported.stdout).toMatch(/2 of 2 folders, 33 of 33 documents/);
  expect(imported.stdout).toMatch(/1 members and 0 invitations: people are invited by people/);
  expect(imported.stdout + imported.stderr).not.toContain(key);

  await using second = await exportOf(into);
  expect(await contentsOf(second)).toEqual(await contentsOf(first));

  await truncate(`${first.path}.import.json`);
  expect((await run("import", first.path, env)).code).toBe(2);
  const state = JSON.stringify({ of: "another" });
  await writeFile(`${first.path}.import.json`, state);
  const again = await run("import", first.path, env);
  expect(again, again.stderr).toMatchObject({ code: 0 });
  expect(await documentsOf(world, { ...into, plan: "pro" }).objectCount()).toBe(33);
}, 120_000);

test("an archive that was changed is not imported, and the command says where", async () => {
  const tenant = await createTenant();
  await documentsOf(world, { ...tenant, plan: "pro" }).store("Note.txt", Buffer.from("of importance"));
  await using file = await exportOf(tenant);
  const bytes = await readFile(file.path);
  bytes.write("of unimportance".slice(0, 13), bytes.indexOf("of importance"));
  await writeFile(file.path, bytes);
  const verified = await run("verify", file.path);
  expect(verified.code).toBe(1);
  expect(verified.stdout).toMatch(/documents\/doc_\w+\/Note\.txt: its SHA-256 is/);
  const env = { LEASEHOLD_API_URL: appUrl(world.stack, "application"), LEASEHOLD_API_KEY: "lhk_none" };
  expect(await run("import", file.path, env)).toMatchObject({ code: 1 });
  await truncate(file.path, 4_000);
  const cut = await run("verify", file.path);
  expect(cut.stdout).toMatch(/archive: the archive is damaged or cut short at/);
  expect((await run("import", file.path)).stderr).toMatch(/LEASEHOLD_API_URL: set it to/);
});

test("what has lost its name with its key is told of in the list of exports, and imported under its id", async () => {
  const from = await createTenant();
  const before = documentsOf(world, { ...from, plan: "pro" });
  const [outer, inner] = [await before.createFolder("Contracts"), await before.createFolder("Offers")];
  const lost = await before.store("Lost.txt", Buffer.from("what is lost"));
  await loseDataKey(world, from.tenantId, 1);
  await replaceLostKeys(epochNeeds(world), from.tenantId);
  // A process that has just begun holds no lease of what is lost.
  await application.stop();
  application = await world.start("application", issuersWithoutPortal(world.stack));
  const kept = await before.store("Kept.txt", Buffer.from("what is kept"));
  await apiOf(from).documents.createFolder.mutate({ name: "Inside", parentId: outer });
  const ready = await awaitExport(world, from.tenantId, await askForExport(world, from));
  expect(ready).toMatchObject({ state: "READY", documents: 2, unreadable: 1 });
  expect(ready.missing.toSorted()).toEqual(["audit.details", "documents.names", "folders.names"]);

  await using file = await saveArchive(await fetchArchive(world, from, ready));
  expect((await run("verify", file.path)).stdout).toMatch(/2 documents \(1 without content\), 3 folders/);
  const into = await createTenant();
  const { key } = await apiOf(into).apiKeys.create.mutate({ name: "Import", scopes: ["documents:read", "documents:write"] });
  const env = { LEASEHOLD_API_URL: appUrl(world.stack, "application"), LEASEHOLD_API_KEY: key ?? "" };
  const imported = await run("import", file.path, env);
  expect(imported, imported.stderr).toMatchObject({ code: 0 });
  expect(imported.stdout).toMatch(/3 of 3 folders, 1 of 2 documents/);
  const { folders, documents } = await apiOf(into).documents.list.query({});
  expect(folders.map(({ folderId, name }) => [folderId, name]).toSorted()).toEqual(
    [outer, inner].toSorted().map((folderId) => [folderId, `Name lost ${folderId}`]),
  );
  expect(documents.map(({ documentId, name }) => [documentId, name])).toEqual([[kept, "Kept.txt"]]);
  expect(documents.map(({ documentId }) => documentId)).not.toContain(lost);
  expect((await apiOf(into).documents.list.query({ folderId: outer })).folders).toMatchObject([{ name: "Inside" }]);
}, 120_000);
