import { createHash } from "node:crypto";
import { createReadStream, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { readImportEnv } from "./env.ts";
import type { Manifest } from "./format.ts";
import { type ImportState, importArchive, newImportState } from "./import-archive.ts";
import { RestRefusal } from "./rest-client.ts";
import { verifyArchive } from "./verify-archive.ts";

const usage = "LEASEHOLD_API_URL=… LEASEHOLD_API_KEY=… pnpm export:import <export.tar>";
const chunkBytes = 1024 * 1024;
const saveEveryMs = 1_000;

interface SavedState extends ImportState {
  /** Of which export into which workspace: another one begins anew. */
  of: string;
}

/** Beside the archive, so that the same command carries on. It holds ids and counts. */
function openState(path: string, of: string): SavedState {
  if (existsSync(path)) {
    const saved = JSON.parse(readFileSync(path, "utf8")) as SavedState;
    if (saved.of === of) return saved;
  }
  return { of, ...newImportState() };
}

function saveState(path: string, state: SavedState): void {
  writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function report(state: ImportState, { counts }: Manifest): void {
  const { folders, documents, bytes } = state.imported;
  console.log(
    `${folders} of ${counts.folders} folders, ${documents} of ${counts.documents} documents (${bytes} bytes) are in the workspace`,
  );
  for (const { what, why } of state.refused) console.log(`not taken: ${what}: ${why}`);
  console.log("Not imported, and in the archive to read:");
  if (counts.unreadable > 0) console.log(`  ${counts.unreadable} documents without content`);
  console.log(`  ${counts.members} members and ${counts.invitations} invitations: people are invited by people`);
  console.log(`  ${counts.apiKeys} API keys: their secrets were never kept`);
  console.log(`  ${counts.auditLines} lines of the audit log: they are evidence of the workspace that they are from`);
  console.log("  settings and usage; who made a document, and when: here it is whoever imports, and now");
}

async function run(path: string): Promise<number> {
  const { LEASEHOLD_API_URL: url, LEASEHOLD_API_KEY: apiKey } = readImportEnv();
  const { manifest, problems } = await verifyArchive(createReadStream(path, { highWaterMark: chunkBytes }));
  for (const { file, message } of problems) console.error(`${file}: ${message}`);
  if (manifest === null || problems.length > 0) {
    console.error("The archive does not verify. Nothing is imported.");
    return 1;
  }
  // A key names its tenant in its second part; the secret is in its last.
  const workspace = apiKey.split("_").slice(0, 2).join("_");
  const of = createHash("sha256").update(`${manifest.exportId} ${url} ${workspace}`).digest("hex");
  const statePath = `${path}.import.json`;
  const state = openState(statePath, of);
  let saved = 0;
  const onSettled = () => {
    if (Date.now() - saved < saveEveryMs) return;
    saved = Date.now();
    saveState(statePath, state);
    process.stderr.write(`\r${state.imported.documents} of ${manifest.counts.documents} documents`);
  };
  try {
    await importArchive(createReadStream(path, { highWaterMark: chunkBytes }), { target: { url, apiKey }, state, onSettled });
  } finally {
    saveState(statePath, state);
    process.stderr.write("\n");
  }
  report(state, manifest);
  return state.refused.length === 0 ? 0 : 1;
}

try {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [path] = positionals.filter((argument) => argument !== "--");
  if (path === undefined) console.error(usage);
  process.exitCode = path === undefined ? 2 : await run(path);
} catch (error) {
  const again = error instanceof RestRefusal ? " What is imported stays; the same command carries on." : "";
  console.error(`${error instanceof Error ? error.message : String(error)}${again}`);
  process.exitCode = 2;
}
