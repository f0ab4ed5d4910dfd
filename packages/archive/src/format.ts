import { z } from "zod";

/** The only format there is. A reader refuses any other. docs/export.md describes it. */
export const exportFormat = "leasehold-export/1";

export const manifestPath = "manifest.json";
/** One line for each file but this one and the manifest, in the order of the archive. */
export const filesPath = "files.ndjson";
export const documentsPath = "documents.ndjson";
export const foldersPath = "folders.ndjson";
export const bodiesFolder = "documents/";

/** Files of every export, in the order of the archive; the bodies of documents come after `documents.ndjson`. */
export const leadingFiles = [
  "README.md",
  "settings.json",
  "members.ndjson",
  "invitations.ndjson",
  "usage.csv",
  "api-keys.ndjson",
  foldersPath,
  documentsPath,
] as const;
export const trailingFiles = ["audit.ndjson"] as const;
export type ExportFile = (typeof leadingFiles)[number] | (typeof trailingFiles)[number];

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0);

export const fileLine = z.object({ path: z.string().min(1), bytes: count, sha256 });
export type FileLine = z.infer<typeof fileLine>;

/** The key that the name was encrypted with was lost before: `name` stands in for it. */
const nameLost = z.literal(true).optional();

export const folderLine = z.object({
  folderId: z.string(),
  parentId: z.string().nullable(),
  name: z.string(),
  nameLost,
  createdAt: z.string(),
  createdBy: z.string(),
});
export type FolderLine = z.infer<typeof folderLine>;

export const documentLine = z.object({
  documentId: z.string(),
  folderId: z.string().nullable(),
  /** As people gave it; its file's name is made safe. */
  name: z.string(),
  nameLost,
  contentType: z.string(),
  sizeBytes: count,
  version: count,
  createdAt: z.string(),
  createdBy: z.string(),
  updatedAt: z.string(),
  /** Null when the stored body could not be read. */
  file: z.string().nullable(),
  sha256: sha256.nullable(),
});
export type DocumentLine = z.infer<typeof documentLine>;

export const manifest = z.object({
  format: z.literal(exportFormat),
  product: z.literal("Leasehold"),
  exportId: z.string(),
  tenantId: z.string(),
  /** Of the offboarding that asked for it; null on demand. */
  operationId: z.string().nullable(),
  requestedAt: z.string(),
  startedAt: z.string(),
  finishedAt: z.string(),
  /** `snapshot`: nothing could change meanwhile. `per-row`: each row is as it was at some time between start and end. */
  consistency: z.enum(["snapshot", "per-row"]),
  counts: z.object({
    files: count,
    bytes: count,
    documents: count,
    /** Documents whose stored body could not be read. */
    unreadable: count,
    folders: count,
    members: count,
    invitations: count,
    apiKeys: count,
    auditLines: count,
  }),
  /** What it had to do without: `members.names` where nobody told it of them in time; `documents.names`, `folders.names`, `api-keys.names` and `audit.details` where a key was lost. */
  missing: z.array(z.string()).optional(),
  /** The list of files, by which every other is checked. */
  files: z.object({ path: z.literal(filesPath), bytes: count, sha256, lines: count }),
});
export type Manifest = z.infer<typeof manifest>;
