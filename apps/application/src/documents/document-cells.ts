import type { DocumentRow } from "@leasehold/db/application/documents/document-row";
import type { FolderRow } from "@leasehold/db/application/folders/find-folder";
import { sealAuditDetails } from "@leasehold/tenancy/audit/sealed-details";
import type { TenantScope } from "@leasehold/tenancy/context";
import { decryptColumns, encryptColumns } from "@leasehold/tenancy/keys/columns";
import type { DataKeys } from "@leasehold/tenancy/keys/data-keys";
import { nameGrams, nameHmac } from "@leasehold/tenancy/keys/name-index";
import { type Preview, previewOf } from "./content-types.ts";

/** A document as its readers see it. */
export interface DocumentView {
  documentId: string;
  folderId: string | null;
  name: string;
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
}

const documentName = (rowId: string) => ({ table: "documents", column: "name", rowId });
const documentType = (rowId: string) => ({ table: "documents", column: "content_type", rowId });
const folderName = (rowId: string) => ({ table: "folders", column: "name", rowId });

export async function openDocuments(keys: DataKeys, scope: TenantScope, rows: readonly DocumentRow[]): Promise<DocumentView[]> {
  const cells = rows.flatMap((row) => [
    { ...documentName(row.documentId), sealed: row.nameCipher },
    { ...documentType(row.documentId), sealed: row.contentTypeCipher },
  ]);
  const texts = await decryptColumns(keys, scope, cells);
  return rows.map((row, index) => {
    const { documentId, folderId, sizeBytes, createdBy, createdAt, updatedAt, version } = row;
    const [name = "", contentType = ""] = texts.slice(index * 2, index * 2 + 2);
    const preview = previewOf(contentType);
    return { documentId, folderId, name, contentType, preview, sizeBytes, createdBy, createdAt, updatedAt, version };
  });
}

export async function openDocument(keys: DataKeys, scope: TenantScope, row: DocumentRow): Promise<DocumentView> {
  const [view] = await openDocuments(keys, scope, [row]);
  if (view === undefined) throw new Error("a document was opened to nothing");
  return view;
}

export async function openFolders(
  keys: DataKeys,
  scope: TenantScope,
  rows: readonly Pick<FolderRow, "folderId" | "nameCipher">[],
): Promise<FolderView[]> {
  const names = await decryptColumns(
    keys,
    scope,
    rows.map((row) => ({ ...folderName(row.folderId), sealed: row.nameCipher })),
  );
  return rows.map((row, index) => ({ folderId: row.folderId, name: names[index] ?? "" }));
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
