import { openAsBlob } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bodiesFolder, type DocumentLine, documentsPath, type FolderLine, foldersPath } from "./format.ts";
import { type ArchiveFile, readArchive } from "./read-archive.ts";
import { callRest, RestRefusal, type RestTarget } from "./rest-client.ts";
import { createLineSplitter } from "./split-lines.ts";
import { openSpool, type Spool } from "./spool.ts";

/** How far an import has come: kept by the caller between runs. */
export interface ImportState {
  folders: boolean;
  /** The last document that is settled: those up to it are passed over. */
  document: string;
  imported: { folders: number; documents: number; bytes: number };
  /** What the other side refuses, with its words. */
  refused: { what: string; why: string }[];
}

export const newImportState = (): ImportState => ({
  folders: false,
  document: "",
  imported: { folders: 0, documents: 0, bytes: 0 },
  refused: [],
});

const keptRefusals = 1_000;

export interface ImportOptions {
  target: RestTarget;
  state: ImportState;
  /** After everything that is settled. */
  onSettled?: (state: ImportState) => void | Promise<void>;
}

/**
 * Brings folders and documents of an archive, which is verified already, into the workspace of an API key, under the ids that they have:
 * what is there is left as it is, so that an import that was cut short is carried on by the next. Holds one line and one chunk at a
 * time; a body waits in a file until it is sent.
 */
export async function importArchive(source: AsyncIterable<Uint8Array>, { target, state, onSettled }: ImportOptions): Promise<ImportState> {
  using documents = openSpool();
  const folder = await mkdtemp(join(tmpdir(), "leasehold-import-"));
  let lines: AsyncIterator<string> | undefined;
  const settle = async () => onSettled?.(state);
  try {
    for await (const file of readArchive(source)) {
      if (file.path === foldersPath) await importFolders(file, { target, state, settle });
      if (file.path === documentsPath) await spoolLines(file, documents);
      if (!file.path.startsWith(bodiesFolder)) continue;
      lines ??= documents.read()[Symbol.asyncIterator]();
      const line = await nextWithFile(lines, file.path);
      if (line.documentId <= state.document) continue;
      await importDocument(file, line, { target, state, path: join(folder, "body") });
      state.document = line.documentId;
      await settle();
    }
    return state;
  } finally {
    await lines?.return?.();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Importing {
  target: RestTarget;
  state: ImportState;
}

/** Parents before what is in them, in as many rounds as they are deep. */
async function importFolders(file: ArchiveFile, { target, state, settle }: Importing & { settle: () => Promise<void> }): Promise<void> {
  if (state.folders) return;
  let waiting = openSpool();
  const made = new Set<string>();
  try {
    await spoolLines(file, waiting);
    for (let progress = true, left = 1; progress && left > 0; ) {
      const next = openSpool();
      progress = false;
      left = 0;
      for await (const text of waiting.read()) {
        const line = JSON.parse(text) as FolderLine;
        if (line.parentId !== null && !made.has(line.parentId)) {
          next.add(text);
          left += 1;
          continue;
        }
        progress = true;
        if (await importFolder(line, { target, state })) made.add(line.folderId);
      }
      waiting[Symbol.dispose]();
      waiting = next;
    }
    for await (const text of waiting.read())
      refuse(state, `folder ${(JSON.parse(text) as FolderLine).folderId}`, "the folder that it is in is not there");
  } finally {
    waiting[Symbol.dispose]();
  }
  state.folders = true;
  await settle();
}

async function importFolder(line: FolderLine, { target, state }: Importing): Promise<boolean> {
  const { folderId, parentId } = line;
  const headers = { "content-type": "application/json", "idempotency-key": `import-${folderId}` };
  try {
    const body = async () => JSON.stringify({ folderId, parentId, name: nameOf(line, folderId) });
    await callRest(target, { method: "POST", path: "/folders", headers, body });
    state.imported.folders += 1;
    return true;
  } catch (error) {
    if (!(error instanceof RestRefusal) || stops(error)) throw error;
    refuse(state, `folder ${folderId}`, error.message);
    return false;
  }
}

async function importDocument(file: ArchiveFile, line: DocumentLine, { target, state, path }: Importing & { path: string }): Promise<void> {
  const { documentId, folderId, contentType } = line;
  await writeFile(path, file.chunks as AsyncIterable<Uint8Array>, { mode: 0o600 });
  const query = new URLSearchParams({ name: nameOf(line, documentId), ...(folderId === null ? {} : { folderId }) });
  const body = () => openAsBlob(path);
  const headers = { "content-type": contentType, "idempotency-key": `import-${documentId}` };
  try {
    const stored = (await callRest(target, { method: "PUT", path: `/documents/${documentId}/body?${query}`, headers, body })) as {
      sizeBytes?: number;
    };
    if (stored.sizeBytes !== line.sizeBytes)
      throw new RestRefusal(409, `it arrived with ${stored.sizeBytes} of ${line.sizeBytes} bytes`, undefined);
    state.imported.documents += 1;
    state.imported.bytes += line.sizeBytes;
  } catch (error) {
    if (!(error instanceof RestRefusal) || stops(error)) throw error;
    refuse(state, `document ${documentId}`, error.message);
  }
}

/** Names that were lost are all the same: with its id, each is one of its own. */
const nameOf = ({ name, nameLost }: Pick<FolderLine, "name" | "nameLost">, id: string) => (nameLost ? `${name} ${id}` : name);

/** Refusals that the next item would meet as well: the key, or the workspace, or its limits. */
function stops({ status, reason = "" }: RestRefusal): boolean {
  return status === 401 || status === 403 || status === 412 || /-limit$/.test(reason);
}

function refuse(state: ImportState, what: string, why: string): void {
  if (state.refused.length < keptRefusals) state.refused.push({ what, why });
}

async function spoolLines({ chunks }: ArchiveFile, spool: Spool): Promise<void> {
  const splitter = createLineSplitter((line) => spool.add(line));
  for await (const chunk of chunks) splitter.push(chunk);
  splitter.end();
}

/** Lines and files are in one order; a line without a file is of a document whose content could not be read. */
async function nextWithFile(lines: AsyncIterator<string>, path: string): Promise<DocumentLine> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`${documentsPath} has no line for ${path}`);
    const line = JSON.parse(value) as DocumentLine;
    if (line.file === path) return line;
    if (line.file !== null) throw new Error(`${documentsPath} is not in the order of the archive at ${path}`);
  }
}
