import { createHash } from "node:crypto";
import {
  type ExportFile,
  exportFormat,
  type FileLine,
  filesPath,
  leadingFiles,
  type Manifest,
  manifestPath,
  trailingFiles,
} from "@leasehold/archive/format";
import { readmeText } from "@leasehold/archive/readme-text";
import { createLineSplitter } from "@leasehold/archive/split-lines";
import { DomainError, isDomainError } from "@leasehold/domain/errors";
import type { AppContext } from "@leasehold/tenancy/context";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";
import { isUnopenable } from "@leasehold/tenancy/keys/unreadable";
import { z } from "zod";
import { type ArchiveIndex, type IndexPart, type IndexPiece, stretchesOf } from "./archive-index.ts";
import { ndjson, partKey, textOf, writePart } from "./write-part.ts";

/** A line of the section `layout`, by which the worker says what it has recorded. */
const layoutLine = z.object({ section: z.string(), number: z.number(), name: z.string(), bytes: z.number() });

export interface ExportToFinish {
  exportId: string;
  layout: readonly IndexPart[];
  about: Pick<Manifest, "operationId" | "requestedAt" | "startedAt" | "consistency" | "missing">;
}

export interface FinishedExport {
  files: number;
  bytes: number;
  manifestSha256: string;
  indexName: string;
  /** As in the manifest: everything that the export had to do without. */
  missing: string[];
}

/** Where each file of an export but bodies and lists comes from. */
const sectionOf: Record<ExportFile, string> = {
  "README.md": "readme",
  "settings.json": "settings",
  "members.ndjson": "members",
  "invitations.ndjson": "invitations",
  "usage.csv": "usage",
  "api-keys.ndjson": "api_keys",
  "folders.ndjson": "folders",
  "documents.ndjson": "documents",
  "audit.ndjson": "audit",
};

/** What a file's lines had to do without where a key is lost, as the manifest says it. */
const lackedBy: Partial<Record<ExportFile, string>> = {
  "api-keys.ndjson": "api-keys.names",
  "folders.ndjson": "folders.names",
  "documents.ndjson": "documents.names",
  "audit.ndjson": "audit.details",
};
/** Text of people's never reads so: its quotation marks are escaped. */
const lostMark = /"(nameLost|sealedLost)":true/;

interface Summed extends FileLine {
  lines: number;
  /** Lines with something that no key opens any more. */
  lost: number;
  parts: IndexPart[];
}

/**
 * Puts the parts of an export in order: sums the files that parts make together, writes the list of files, the manifest and the index.
 * Nothing that was written before is changed, so that it can be done again. Throws PRECONDITION_FAILED (`export-unreadable`) when a part
 * is gone or under a key that is.
 */
export async function finishExport(kit: TenancyKit, app: AppContext, { exportId, layout, about }: ExportToFinish): Promise<FinishedExport> {
  const place = (section: string) => ({ exportId, section, number: 0 });
  const sections = await readLayout(kit, app, exportId, layout);
  sections.set("readme", [await writePart(kit, app, place("readme"), textOf([readmeText]))]);
  const summed = new Map<string, Summed>();
  for (const file of [...leadingFiles, ...trailingFiles]) {
    summed.set(file, await sumFile(kit, app, exportId, file, sections.get(sectionOf[file]) ?? []));
  }
  const linesOf = (files: readonly string[]) => ndjson(files.map((file) => fileLineOf(summed.get(file) as Summed)));
  const head = await writePart(kit, app, place("sums_head"), textOf(linesOf(leadingFiles)));
  const tail = await writePart(kit, app, place("sums_tail"), textOf(linesOf(trailingFiles)));
  const list = await sumFile(kit, app, exportId, filesPath, [head, ...(sections.get("sums") ?? []), tail]);
  const bodies = sections.get("bodies") ?? [];
  const { counts, missing, text } = await writeManifest(kit, app, { exportId, about, summed, list });
  const manifestPart = await writePart(kit, app, place("manifest"), textOf([text]));
  const fileOf = ({ path, bytes, parts }: Summed): IndexPiece => ({ kind: "file", path, bytes, parts: parts.map(partOf) });
  const index: ArchiveIndex = {
    modifiedAt: new Date(about.startedAt),
    pieces: [
      ...leadingFiles.map((file) => fileOf(summed.get(file) as Summed)),
      { kind: "files", parts: bodies.map(partOf) },
      ...trailingFiles.map((file) => fileOf(summed.get(file) as Summed)),
      fileOf(list),
      { kind: "file", path: manifestPath, bytes: manifestPart.bytes, parts: [partOf(manifestPart)] },
    ],
  };
  const { name: indexName } = await writePart(kit, app, place("index"), textOf([JSON.stringify(index)]));
  let bytes = 0;
  for await (const stretch of stretchesOf(index)) bytes += stretch.bytes;
  return { files: counts.files + 2, bytes, manifestSha256: createHash("sha256").update(text).digest("hex"), indexName, missing };
}

const partOf = ({ name, bytes }: IndexPart): IndexPart => ({ name, bytes });
const fileLineOf = ({ path, bytes, sha256 }: Summed): FileLine => ({ path, bytes, sha256 });

async function readLayout(
  kit: TenancyKit,
  app: AppContext,
  exportId: string,
  layout: readonly IndexPart[],
): Promise<Map<string, IndexPart[]>> {
  const sections = new Map<string, IndexPart[]>();
  const lines = createLineSplitter((line) => {
    const { section, number, ...part } = layoutLine.parse(JSON.parse(line));
    const parts = sections.get(section) ?? [];
    if (number !== parts.length) throw new Error(`the export's section ${section} has no part ${parts.length}`);
    parts.push(part);
    sections.set(section, parts);
  });
  for (const { name } of layout) for await (const chunk of readPart(kit, app, exportId, name)) lines.push(chunk);
  lines.end();
  return sections;
}

/** A part's content. Throws PRECONDITION_FAILED (`export-unreadable`). */
export async function* readPart(kit: TenancyKit, app: AppContext, exportId: string, name: string): AsyncGenerator<Buffer> {
  try {
    yield* await kit.objects.get(app, partKey(app, exportId, name));
  } catch (error) {
    if (!isUnopenable(error) && !(isDomainError(error) && error.code === "NOT_FOUND")) throw error;
    throw new DomainError("PRECONDITION_FAILED", "A part of the export cannot be read any more. Ask for another export.", {
      reason: "export-unreadable",
      cause: error,
    });
  }
}

async function sumFile(kit: TenancyKit, app: AppContext, exportId: string, path: string, parts: IndexPart[]): Promise<Summed> {
  const sum = createHash("sha256");
  let bytes = 0;
  let lines = 0;
  let lost = 0;
  const split = createLineSplitter((line) => {
    if (lostMark.test(line)) lost += 1;
  });
  for (const { name } of parts) {
    for await (const chunk of readPart(kit, app, exportId, name)) {
      sum.update(chunk);
      bytes += chunk.byteLength;
      if (path in lackedBy) split.push(chunk);
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines += 1;
    }
  }
  split.end();
  if (bytes !== parts.reduce((total, part) => total + part.bytes, 0)) throw new Error(`parts of ${path} are not as they were recorded`);
  return { path, bytes, sha256: sum.digest("hex"), lines, lost, parts };
}

interface ManifestSources extends Pick<ExportToFinish, "exportId" | "about"> {
  summed: ReadonlyMap<string, Summed>;
  list: Summed;
}

async function writeManifest(
  kit: TenancyKit,
  app: AppContext,
  { exportId, about, summed, list }: ManifestSources,
): Promise<{ counts: Manifest["counts"]; missing: string[]; text: string }> {
  const lines = (file: ExportFile) => summed.get(file)?.lines ?? 0;
  let bytes = 0;
  let unreadable = 0;
  const listed = createLineSplitter((line) => {
    bytes += (JSON.parse(line) as FileLine).bytes;
  });
  for (const { name } of list.parts) for await (const chunk of readPart(kit, app, exportId, name)) listed.push(chunk);
  listed.end();
  const documents = createLineSplitter((line) => {
    if ((JSON.parse(line) as { file: string | null }).file === null) unreadable += 1;
  });
  for (const { name } of summed.get("documents.ndjson")?.parts ?? []) {
    for await (const chunk of readPart(kit, app, exportId, name)) documents.push(chunk);
  }
  documents.end();
  const counts = {
    files: list.lines,
    bytes,
    documents: lines("documents.ndjson"),
    unreadable,
    folders: lines("folders.ndjson"),
    members: lines("members.ndjson"),
    invitations: lines("invitations.ndjson"),
    apiKeys: lines("api-keys.ndjson"),
    auditLines: lines("audit.ndjson"),
  };
  const lacked = [...summed.values()].flatMap(({ path, lost }) => (lost > 0 ? [lackedBy[path as ExportFile] ?? path] : []));
  const missing = [...(about.missing ?? []), ...lacked];
  const value: Manifest = {
    format: exportFormat,
    product: "Leasehold",
    exportId,
    tenantId: app.tenantId,
    ...about,
    ...(missing.length > 0 ? { missing } : {}),
    finishedAt: new Date().toISOString(),
    counts,
    files: { path: filesPath, bytes: list.bytes, sha256: list.sha256, lines: list.lines },
  };
  return { counts, missing, text: `${JSON.stringify(value, null, 2)}\n` };
}
