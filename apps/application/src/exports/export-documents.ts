import { createHash } from "node:crypto";
import type { DocumentLine, FileLine } from "@leasehold/archive/format";
import { bodyPath } from "@leasehold/archive/safe-name";
import { tarHeader, tarPadding } from "@leasehold/archive/tar-entry";
import type { DocumentRow } from "@leasehold/db/application/documents/document-row";
import { listExportedDocuments } from "@leasehold/db/application/exports/list-exported";
import { isDomainError } from "@leasehold/domain/errors";
import type { AppContext } from "@leasehold/tenancy/context";
import type { TenancyKit } from "@leasehold/tenancy/create-kit";
import { findLostVersions } from "@leasehold/tenancy/keys/columns";
import { isUnopenable } from "@leasehold/tenancy/keys/unreadable";
import type { Logger } from "@leasehold/tenancy/logger";
import { type DocumentView, openDocuments } from "../documents/document-cells.ts";
import { openStoredBody } from "../documents/open-stored-body.ts";
import { readAhead } from "./read-ahead.ts";
import { ndjson, textOf, type WrittenPart, writePart } from "./write-part.ts";

export interface DocumentsPage {
  parts: WrittenPart[];
  /** The last document of the page; undefined when there are no more. */
  after: string | undefined;
  documents: number;
  unreadable: number;
  bytes: number;
}

const rowsOfPage = 500;
/** A page ends with the document that fills it. */
const bytesOfPage = 32 * 1024 * 1024;
const pageMs = 10_000;
/** Bodies up to this size are fetched ahead, a few at a time: what is held is their product. */
const smallBytes = 128 * 1024;
const aheadOfTurn = 4;

/**
 * A page of documents: their bodies as files of the archive, their lines, and the sums of the files. Documents that were deleted
 * since they were listed are left out; one whose body does not open is listed without it.
 */
export async function exportDocuments(
  kit: TenancyKit,
  app: AppContext,
  log: Logger,
  { exportId, number, after }: { exportId: string; number: number; after: string },
): Promise<DocumentsPage> {
  const rows = await kit.data.query(app, "read", (tx) => listExportedDocuments(tx, app.tenantId, { after, limit: rowsOfPage }));
  if (rows.length === 0) return { parts: [], after: undefined, documents: 0, unreadable: 0, bytes: 0 };
  const views = await openDocuments(kit.keys, app, rows);
  const documents = rows.map((row, index) => ({ row, view: views[index] as DocumentView }));
  const lost = await findLostVersions(
    kit.keys,
    app,
    rows.map(({ keyVersion }) => keyVersion),
  );
  const unreadable = new Set(rows.flatMap(({ documentId, keyVersion }) => (lost.has(keyVersion) ? [documentId] : [])));
  for (;;) {
    try {
      return await writePage(kit, app, { exportId, number, documents, unreadable, whole: rows.length < rowsOfPage });
    } catch (error) {
      if (!(error instanceof BodyUnreadable)) throw error;
      log.error({ documentId: error.documentId, err: error.cause }, "a stored body does not open and is left out of an export");
      unreadable.add(error.documentId);
    }
  }
}

class BodyUnreadable extends Error {
  readonly documentId: string;
  constructor(documentId: string, cause: unknown) {
    super("a stored body does not open", { cause });
    this.documentId = documentId;
  }
}

interface Document {
  row: DocumentRow;
  view: DocumentView;
}

interface PageToWrite {
  exportId: string;
  number: number;
  documents: readonly Document[];
  unreadable: ReadonlySet<string>;
  whole: boolean;
}

async function writePage(kit: TenancyKit, app: AppContext, page: PageToWrite): Promise<DocumentsPage> {
  const { exportId, number, unreadable } = page;
  const lines: DocumentLine[] = [];
  const files: FileLine[] = [];
  const done = { after: "", bytes: 0, all: true };
  const bodies = async function* (): AsyncGenerator<Uint8Array> {
    const until = Date.now() + pageMs;
    const open = ({ row }: Document) => (unreadable.has(row.documentId) ? Promise.resolve(undefined) : openBody(kit, app, row));
    for await (const { item, result } of readAhead(page.documents, aheadOfTurn, async (document) =>
      document.row.sizeBytes > smallBytes ? undefined : holdBody(open(document)),
    )) {
      if (done.bytes > bytesOfPage || (done.after !== "" && Date.now() > until)) {
        done.all = false;
        return;
      }
      const body = item.row.sizeBytes > smallBytes ? await open(item) : await result;
      done.after = item.row.documentId;
      if (body === "gone") continue;
      const file = body === undefined ? undefined : { path: bodyPath(item.row.documentId, item.view.name), bytes: item.row.sizeBytes };
      let sha256: string | null = null;
      if (file !== undefined && body !== undefined) {
        yield await tarHeader({ ...file, modifiedAt: item.view.updatedAt });
        const sum = createHash("sha256");
        let bytes = 0;
        for await (const chunk of failingAs(item.row.documentId, body)) {
          sum.update(chunk);
          bytes += chunk.byteLength;
          yield chunk;
        }
        if (bytes !== file.bytes) throw new BodyUnreadable(item.row.documentId, new Error(`${bytes} bytes of ${file.bytes}`));
        yield tarPadding(bytes);
        sha256 = sum.digest("hex");
        done.bytes += bytes;
        files.push({ ...file, sha256 });
      }
      lines.push(lineOf(item.view, file?.path ?? null, sha256));
    }
  };
  const place = (section: string) => ({ exportId, section, number });
  const parts = [await writePart(kit, app, place("bodies"), bodies())];
  parts.push(await writePart(kit, app, place("documents"), textOf(ndjson(lines))));
  parts.push(await writePart(kit, app, place("sums"), textOf(ndjson(files))));
  return {
    parts,
    after: done.all && page.whole ? undefined : done.after,
    documents: lines.length,
    unreadable: lines.length - files.length,
    bytes: done.bytes,
  };
}

type Body = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** "gone": deleted since it was listed. */
async function openBody(kit: TenancyKit, app: AppContext, row: DocumentRow): Promise<Body | "gone"> {
  try {
    return await openStoredBody(kit, app, row);
  } catch (error) {
    if (isDomainError(error) && error.reason === "document-unknown") return "gone";
    if (isUnreadable(error)) throw new BodyUnreadable(row.documentId, error);
    throw error;
  }
}

/** A small body, fetched while another is written. What does not open is thrown when it is read. */
async function holdBody(opening: Promise<Body | "gone" | undefined>): Promise<Body | "gone" | undefined> {
  const body = await opening;
  if (body === undefined || body === "gone") return body;
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of body) chunks.push(chunk);
  } catch (error) {
    return (async function* () {
      yield* [] as Uint8Array[];
      throw error;
    })();
  }
  return chunks;
}

async function* failingAs(documentId: string, body: Body): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw isUnreadable(error) ? new BodyUnreadable(documentId, error) : error;
  }
}

function isUnreadable(error: unknown): boolean {
  return isUnopenable(error) || (isDomainError(error) && error.code === "NOT_FOUND");
}

function lineOf(view: DocumentView, file: string | null, sha256: string | null): DocumentLine {
  const { documentId, folderId, name, nameLost, contentType, sizeBytes, version, createdBy, createdAt, updatedAt } = view;
  const times = { createdAt: createdAt.toISOString(), createdBy, updatedAt: updatedAt.toISOString() };
  return { documentId, folderId, name, ...(nameLost ? { nameLost } : {}), contentType, sizeBytes, version, ...times, file, sha256 };
}
