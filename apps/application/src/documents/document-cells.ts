import type { DocumentRow } from "@leasehold/db/application/documents/document-row";
import type { FolderRow } from "@leasehold/db/application/folders/find-folder";
import { sealAuditDetails } from "@leasehold/tenancy/audit/sealed-details";
import type { TenantScope } from "@leasehold/tenancy/context";
import { decryptColumns, decryptKnownColumns, encryptColumns } from "@leasehold/tenancy/keys/columns";
import type { DataKeys } from "@leasehold/tenancy/keys/data-keys";
import { nameGrams, nameHmac } from "@leasehold/tenancy/keys/name-index";
import { type Preview, previewOf } from "./content-types.ts";

/** A document as its readers see it. */
export interface DocumentView {
  documentId: string;
  folderId: string | null;
  name: string;
  /** The key that the name was encrypted with is lost: `name` stands in for it. */
  nameLost: boolean;
  contentType: string;
  preview: Preview;
  sizeBytes: number;
  createdBy: string;
  createdAt: Date;
  updatedAt: Date;
  version: number;
}

export interface FolderView {
  folderId: string;
  name: string;
  /** As of a document. */
  nameLost: boolean;
}

/** What is shown where a name cannot be opened any more. */
export const lostName = "Name lost";
const lostType = "application/octet-stream";

const documentName = (rowId: string) => ({ table: "documents", column: "name", rowId });
const documentType = (rowId: string) => ({ table: "documents", column: "content_type", rowId });
const folderName = (rowId: string) => ({ table: "folders", column: "name", rowId });

/** In order. A name or type whose key is lost has something in its place; throws UnreadableError for one that was tampered with. */
export async function openDocuments(keys: DataKeys, scope: TenantScope, rows: readonly DocumentRow[]): Promise<DocumentView[]> {
  const cells = rows.flatMap((row) => [
    { ...documentName(row.documentId), sealed: row.nameCipher },
    { ...documentType(row.documentId), sealed: row.contentTypeCipher },
  ]);
  const texts = await decryptKnownColumns(keys, scope, cells);
  return rows.map((row, index) => {
    const { documentId, folderId, sizeBytes, createdBy, createdAt, updatedAt, version } = row;
    const [known, type] = [texts[index * 2], texts[index * 2 + 1]];
    const [name, nameLost] = [known ?? lostName, known === undefined];
    const contentType = nameLost ? lostType : (type ?? lostType);
    const preview = previewOf(contentType);
    return { documentId, folderId, name, nameLost, contentType, preview, sizeBytes, createdBy, createdAt, updatedAt, version };
  });
}

/** Throws PRECONDITION_FAILED (`key-lost`) where the name's key is lost. */
export async function openDocument(keys: DataKeys, scope: TenantScope, row: DocumentRow): Promise<DocumentView> {
  const [view] = await openDocuments(keys, scope, [row]);
  if (view?.nameLost) await decryptColumns(keys, scope, [{ ...documentName(row.documentId), sealed: row.nameCipher }]);
  if (view === undefined) throw new Error("a document was opened to nothing");
  return view;
}

type SealedFolder = Pick<FolderRow, "folderId" | "nameCipher">;
const folderCell = (row: SealedFolder) => ({ ...folderName(row.folderId), sealed: row.nameCipher });

/** As `openDocuments`. */
export async function openFolders(keys: DataKeys, scope: TenantScope, rows: readonly SealedFolder[]): Promise<FolderView[]> {
  const names = await decryptKnownColumns(keys, scope, rows.map(folderCell));
  return rows.map(({ folderId }, index) => ({ folderId, name: names[index] ?? lostName, nameLost: names[index] === undefined }));
}

/** Throws PRECONDITION_FAILED (`key-lost`) where the name's key is lost. */
export async function openFolder(keys: DataKeys, scope: TenantScope, row: SealedFolder): Promise<FolderView> {
  const [name = ""] = await decryptColumns(keys, scope, [folderCell(row)]);
  return { folderId: row.folderId, name, nameLost: false };
}

/** A document's name, and its type when it is new, as they are stored: sealed, and as the HMACs they are found by; the name for the audit log too. */
export async function sealDocument(
  keys: DataKeys,
  scope: TenantScope,
  documentId: string,
  { name, contentType }: { name: string; contentType: string },
) {
  const cells = [
    { ...documentName(documentId), text: name },
    { ...documentType(documentId), text: contentType },
  ];
  const [{ keyVersion, sealed }, index, auditDetails] = await Promise.all([
    encryptColumns(keys, scope, cells),
    indexName(keys, scope, name),
    sealAuditDetails(keys, scope, { name }),
  ]);
  const [nameCipher, contentTypeCipher] = sealed as [Buffer, Buffer];
  return { keyVersion, nameCipher, contentTypeCipher, ...index, auditDetails };
}

export async function sealFolderName(keys: DataKeys, scope: TenantScope, folderId: string, name: string) {
  const { sealed } = await encryptColumns(keys, scope, [{ ...folderName(folderId), text: name }]);
  const [{ nameHmac: hmac }, auditDetails] = await Promise.all([indexName(keys, scope, name), sealAuditDetails(keys, scope, { name })]);
  return { nameCipher: (sealed as [Buffer])[0], nameHmac: hmac, auditDetails };
}

export function indexName(keys: DataKeys, scope: TenantScope, name: string): Promise<{ nameHmac: Buffer; grams: bigint[] }> {
  return keys.use(scope, ["index"], (ring) => {
    const key = ring.key("index");
    return { nameHmac: nameHmac(key, name), grams: nameGrams(key, name) };
  });
}
