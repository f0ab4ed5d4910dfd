import { createHash } from "node:crypto";
import { compareFiles, type Problem } from "./compare-files.ts";
import {
  bodiesFolder,
  documentLine,
  documentsPath,
  type FileLine,
  fileLine,
  filesPath,
  folderLine,
  foldersPath,
  type Manifest,
  manifest,
  manifestPath,
} from "./format.ts";
import { ArchiveBroken, type ArchiveFile, readArchive } from "./read-archive.ts";
import { isSafePath } from "./safe-name.ts";
import { createLineSplitter } from "./split-lines.ts";
import { openSpool, type Spool } from "./spool.ts";

export interface ArchiveVerdict {
  manifest: Manifest | null;
  files: number;
  bytes: number;
  problems: Problem[];
}

/** Problems beyond this many are counted and not kept. */
const keptProblems = 100;
/** Of the manifest, in bytes: it is small however large the export is. */
const largestManifest = 1024 * 1024;

/**
 * Checks a whole archive in one pass: every file's sum against the list, the list against the manifest, the lines of documents
 * against the files, counts, names, and that nothing is cut off. Holds little, however large the archive is.
 */
export async function verifyArchive(source: AsyncIterable<Uint8Array>): Promise<ArchiveVerdict> {
  using found = openSpool();
  using listed = openSpool();
  using bodies = openSpool();
  using described = openSpool();
  const verdict: ArchiveVerdict = { manifest: null, files: 0, bytes: 0, problems: [] };
  const add = (problem: Problem) => void (verdict.problems.length < keptProblems && verdict.problems.push(problem));
  const seen = { lines: new Map<string, number>(), unreadable: 0, text: "", list: undefined as FileLine | undefined };
  const spools: Spools = { listed, described };
  try {
    for await (const file of readArchive(source)) {
      if (file.type !== "file") add({ file: file.path, message: `it is a ${file.type}: an export holds files only` });
      if (!isSafePath(file.path)) add({ file: file.path, message: "its path could lead out of the folder that it is unpacked into" });
      if (verdict.manifest !== null || seen.text !== "")
        add({ file: file.path, message: "it comes after the manifest, which is the last file" });
      const line = await readFile(file, spools, seen, add);
      verdict.files += 1;
      verdict.bytes += line.bytes;
      if (file.path === filesPath) seen.list = line;
      else if (file.path !== manifestPath) found.add(JSON.stringify(line));
      if (file.path.startsWith(bodiesFolder)) bodies.add(JSON.stringify(line));
    }
  } catch (error) {
    if (!(error instanceof ArchiveBroken)) throw error;
    add({ file: "archive", message: error.message });
  }
  verdict.manifest = readManifest(seen.text, add);
  if (verdict.manifest !== null) checkCounts(verdict.manifest, verdict, seen, add);
  for await (const problem of compareFiles(parsed(found), parsed(listed), filesPath)) add(problem);
  for await (const problem of compareFiles(parsed(bodies), parsed(described), documentsPath)) add(problem);
  return verdict;
}

interface Spools {
  listed: Spool;
  described: Spool;
}

interface Seen {
  lines: Map<string, number>;
  unreadable: number;
  text: string;
  list: FileLine | undefined;
}

async function readFile(file: ArchiveFile, spools: Spools, seen: Seen, add: (problem: Problem) => void): Promise<FileLine> {
  const { path } = file;
  const sum = createHash("sha256");
  let bytes = 0;
  let lines = 0;
  const splitter = createLineSplitter((line) => {
    lines += 1;
    const wrong = readLine(path, line, spools, seen);
    if (wrong !== undefined) add({ file: path, message: `line ${lines} ${wrong}` });
  });
  for await (const chunk of file.chunks) {
    sum.update(chunk);
    bytes += chunk.byteLength;
    if (path.endsWith(".ndjson")) splitter.push(chunk);
    if (path === manifestPath && bytes <= largestManifest) seen.text += Buffer.from(chunk).toString("utf8");
  }
  if (path.endsWith(".ndjson")) {
    if (!splitter.end().whole) add({ file: path, message: "its last line has no end" });
    seen.lines.set(path, lines);
  }
  return { path, bytes, sha256: sum.digest("hex") };
}

/** What is wrong with a line; undefined when nothing is. */
function readLine(path: string, line: string, { listed, described }: Spools, seen: Seen): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return "is not JSON";
  }
  const shape = path === filesPath ? fileLine : path === documentsPath ? documentLine : path === foldersPath ? folderLine : undefined;
  const read = shape?.safeParse(value);
  if (read !== undefined && !read.success) return `is not as the format has it: ${read.error.issues[0]?.path.join(".")}`;
  if (path === filesPath) listed.add(line);
  if (path === documentsPath) {
    const { file, sizeBytes: bytes, sha256 } = value as { file: string | null; sizeBytes: number; sha256: string | null };
    if (file === null) seen.unreadable += 1;
    else described.add(JSON.stringify({ path: file, bytes, sha256 }));
  }
  return undefined;
}

function readManifest(text: string, add: (problem: Problem) => void): Manifest | null {
  if (text === "") {
    add({ file: manifestPath, message: "it is not in the archive: the archive is not whole" });
    return null;
  }
  try {
    const read = manifest.safeParse(JSON.parse(text));
    if (read.success) return read.data;
    const { path, message } = read.error.issues[0] ?? { path: [], message: "unknown" };
    add({ file: manifestPath, message: `${path.join(".")}: ${message}` });
  } catch {
    add({ file: manifestPath, message: "it is not JSON" });
  }
  return null;
}

function checkCounts({ counts, files }: Manifest, verdict: ArchiveVerdict, seen: Seen, add: (problem: Problem) => void): void {
  const { list, lines } = seen;
  if (list === undefined) {
    add({ file: filesPath, message: "it is not in the archive" });
    return;
  }
  if (list.bytes !== files.bytes || list.sha256 !== files.sha256)
    add({ file: filesPath, message: `its SHA-256 is not the one in ${manifestPath}` });
  const check = (file: string, what: string, there: number, said: number) => {
    if (there !== said) add({ file, message: `it has ${there} ${what}; ${manifestPath} says ${said}` });
  };
  const manifestBytes = Buffer.byteLength(seen.text);
  check(filesPath, "lines", lines.get(filesPath) ?? 0, files.lines);
  check(documentsPath, "lines", lines.get(documentsPath) ?? 0, counts.documents);
  check(documentsPath, "documents without content", seen.unreadable, counts.unreadable);
  check(foldersPath, "lines", lines.get(foldersPath) ?? 0, counts.folders);
  check("members.ndjson", "lines", lines.get("members.ndjson") ?? 0, counts.members);
  check("invitations.ndjson", "lines", lines.get("invitations.ndjson") ?? 0, counts.invitations);
  check("api-keys.ndjson", "lines", lines.get("api-keys.ndjson") ?? 0, counts.apiKeys);
  check("audit.ndjson", "lines", lines.get("audit.ndjson") ?? 0, counts.auditLines);
  check("archive", "files", verdict.files, counts.files + 2);
  check("archive", "bytes in files", verdict.bytes - manifestBytes - list.bytes, counts.bytes);
}

async function* parsed(spool: Spool): AsyncGenerator<FileLine> {
  for await (const line of spool.read()) yield JSON.parse(line) as FileLine;
}
