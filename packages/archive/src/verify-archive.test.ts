import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { exportFormat, filesPath, leadingFiles, type Manifest, manifestPath, trailingFiles } from "./format.ts";
import { tarEnd, tarHeader, tarPadding } from "./tar-entry.ts";
import { verifyArchive } from "./verify-archive.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const line = (value: unknown) => `${JSON.stringify(value)}\n`;

interface Changes {
  files?: (files: [string, string][]) => [string, string][];
  manifest?: (manifest: Manifest) => object;
  after?: (bytes: Buffer) => Buffer;
  type?: "symlink";
}

/** An archive with one document of 700 bytes, whole or with something changed behind the list's back. */
async function archive({
  files: change = (files) => files,
  manifest: rewrite = (manifest) => manifest,
  after = (bytes) => bytes,
}: Changes = {}) {
  const body = "x".repeat(700);
  const document = {
    documentId: "doc_1",
    folderId: null,
    name: "a.txt",
    contentType: "text/plain",
    sizeBytes: body.length,
    version: 1,
    createdAt: "2026-01-01T00:00:00.000Z",
    createdBy: "user:u",
    updatedAt: "2026-01-01T00:00:00.000Z",
    file: "documents/doc_1/a.txt",
    sha256: sha256(body),
  };
  const texts: Record<string, string> = { "documents.ndjson": line(document), "settings.json": "{}\n", "README.md": "read me\n" };
  const files: [string, string][] = [
    ...leadingFiles.map((path): [string, string] => [path, texts[path] ?? ""]),
    [document.file, body],
    ...trailingFiles.map((path): [string, string] => [path, ""]),
  ];
  const list = files.map(([path, text]) => line({ path, bytes: Buffer.byteLength(text), sha256: sha256(text) })).join("");
  const manifest: Manifest = {
    format: exportFormat,
    product: "Leasehold",
    exportId: "exp_1",
    tenantId: "tnt_1",
    operationId: null,
    requestedAt: "a",
    startedAt: "b",
    finishedAt: "c",
    consistency: "per-row",
    counts: {
      files: files.length,
      bytes: files.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0),
      documents: 1,
      unreadable: 0,
      folders: 0,
      members: 0,
      invitations: 0,
      apiKeys: 0,
      auditLines: 0,
    },
    files: { path: filesPath, bytes: Buffer.byteLength(list), sha256: sha256(list), lines: files.length },
  };
  const chunks: Buffer[] = [];
  for (const [path, text] of change([...files, [filesPath, list], [manifestPath, JSON.stringify(rewrite(manifest))]])) {
    const bytes = Buffer.byteLength(text);
    chunks.push(await tarHeader({ path, bytes, modifiedAt: new Date(0) }), Buffer.from(text), tarPadding(bytes));
  }
  return after(Buffer.concat([...chunks, tarEnd]));
}

/** In pieces of an odd size, as a file is never read. */
async function* piecesOf(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 333) yield bytes.subarray(at, at + 333);
}

const problemsOf = async (changes: Changes) =>
  (await verifyArchive(piecesOf(await archive(changes)))).problems.map(({ file, message }) => `${file}: ${message}`);
const replace = (path: string, text: string) => (files: [string, string][]) =>
  files.map(([each, old]): [string, string] => [each, each === path ? text : old]);
const without = (path: string) => (files: [string, string][]) => files.filter(([each]) => each !== path);

test("a whole archive has no problem", async () => {
  const verdict = await verifyArchive(piecesOf(await archive()));
  expect(verdict.problems).toEqual([]);
  expect(verdict).toMatchObject({ files: 12, manifest: { exportId: "exp_1" } });
});

test("a changed byte, a missing and an unknown file are named", async () => {
  expect(await problemsOf({ files: replace("documents/doc_1/a.txt", "y".repeat(700)) })).toEqual([
    expect.stringMatching(/^documents\/doc_1\/a\.txt: its SHA-256 is .* files\.ndjson says/),
    expect.stringMatching(/^documents\/doc_1\/a\.txt: its SHA-256 is .* documents\.ndjson says/),
  ]);
  expect(await problemsOf({ files: without("documents/doc_1/a.txt") })).toContain(
    "documents/doc_1/a.txt: it is in files.ndjson and not in the archive",
  );
  expect(await problemsOf({ files: ([first, ...rest]) => [first as [string, string], ["extra.txt", "?"], ...rest] })).toContain(
    "extra.txt: it is in the archive and not in files.ndjson",
  );
});

test("a list or a manifest that was changed is noticed", async () => {
  const list = await problemsOf({
    files: (files) => files.map(([path, text]) => [path, path === filesPath ? text.replace("README", "REAMDE") : text]),
  });
  expect(list).toContain("files.ndjson: its SHA-256 is not the one in manifest.json");
  expect(await problemsOf({ manifest: (manifest) => ({ ...manifest, counts: { ...manifest.counts, documents: 2 } }) })).toEqual([
    "documents.ndjson: it has 1 lines; manifest.json says 2",
  ]);
  expect(await problemsOf({ manifest: (manifest) => ({ ...manifest, format: "leasehold-export/2" }) })).toEqual([
    expect.stringMatching(/^manifest\.json: format/),
  ]);
  expect(await problemsOf({ files: replace(manifestPath, "{") })).toEqual(["manifest.json: it is not JSON"]);
});

test("an archive that is cut anywhere is said to be cut, and in which file", async () => {
  const whole = await archive();
  for (const length of [0, 1, 511, 512, 3_000, 6_000, whole.length - 1_500, whole.length - 1_024, whole.length - 512, whole.length - 1]) {
    const { problems } = await verifyArchive(piecesOf(whole.subarray(0, length)));
    expect(problems.map(({ message }) => message).join("; "), `at ${length}`).toMatch(/empty|cut short|no end|not whole/);
  }
});

test("a path that leads elsewhere, and what is no tar at all, are refused", async () => {
  const hostile = (files: [string, string][]) =>
    files.map(([path, text]): [string, string] => [path === "settings.json" ? "../settings.json" : path, text]);
  expect(await problemsOf({ files: hostile })).toContain(
    "../settings.json: its path could lead out of the folder that it is unpacked into",
  );
  const { problems } = await verifyArchive(piecesOf(Buffer.alloc(4_096, 7)));
  expect(problems[0]?.message).toMatch(/damaged or cut short at its beginning/);
});

test("lines that are not as the format has them are named by their number", async () => {
  expect(await problemsOf({ files: replace("documents.ndjson", "{}\n") })).toContain(
    "documents.ndjson: line 1 is not as the format has it: documentId",
  );
  expect(await problemsOf({ files: replace("members.ndjson", "?\n") })).toContain("members.ndjson: line 1 is not JSON");
  expect(await problemsOf({ files: replace("members.ndjson", '{"a":1}') })).toContain("members.ndjson: its last line has no end");
});
