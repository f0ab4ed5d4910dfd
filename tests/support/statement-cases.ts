import { changeKeyRate } from "@leasehold/db/application/api-keys/change-key-rate";
import { createApiKey } from "@leasehold/db/application/api-keys/create-api-key";
import { listApiKeys, touchApiKey } from "@leasehold/db/application/api-keys/find-api-key";
import { revokeApiKey } from "@leasehold/db/application/api-keys/revoke-api-key";
import { beginUpload } from "@leasehold/db/application/documents/begin-upload";
import { findDocument } from "@leasehold/db/application/documents/find-document";
import { finishUpload } from "@leasehold/db/application/documents/finish-upload";
import { listDocuments, searchDocuments } from "@leasehold/db/application/documents/list-documents";
import { listBodiesUnderOldKeys, moveBody } from "@leasehold/db/application/documents/move-body";
import { abandonUpload, beginRemoval, finishRemoval, listUnfinished } from "@leasehold/db/application/documents/remove-document";
import { renameDocument } from "@leasehold/db/application/documents/rename-document";
import { writeGrams } from "@leasehold/db/application/documents/write-grams";
import { listExportedDocuments, listExportedFolders } from "@leasehold/db/application/exports/list-exported";
import { deleteFolder } from "@leasehold/db/application/folders/delete-folder";
import { findFolder, listFolders, listPath, requireFolder } from "@leasehold/db/application/folders/find-folder";
import { renameFolder } from "@leasehold/db/application/folders/rename-folder";
import { claimKey, keepAnswer, sweepAnswers } from "@leasehold/db/application/idempotency/claim-key";
import { listNames, putIndex } from "@leasehold/db/application/keys/name-index";
import { requireDocumentVersion, requireFolderVersion } from "@leasehold/db/application/require-version";
import { readUsage } from "@leasehold/db/application/usage/read-usage";
import { releaseUsage, reserveUsage } from "@leasehold/db/application/usage/reserve-usage";
import type { TenantTransaction } from "@leasehold/db/application/with-tenant";
import type { TenantContext } from "@leasehold/domain/context";
import { newId } from "@leasehold/domain/ids";

/** Ids that rows of both tenants have. */
export const shared = {
  folderId: newId("folder"),
  emptyFolderId: newId("folder"),
  documentId: newId("document"),
  uploadId: newId("document"),
  removalId: newId("document"),
  keyId: newId("apiKey"),
  gram: 7n,
  keyHash: Buffer.alloc(32, 1),
  objectKey: "of both",
  /** Nobody has them yet. */
  newKeyId: newId("apiKey"),
  newDocumentId: newId("document"),
};

const bytes = Buffer.from([1]);
const { folderId, emptyFolderId, documentId, uploadId, removalId, keyId, gram, keyHash, objectKey, newKeyId, newDocumentId } = shared;
const page = { after: "", limit: 100 };
const newName = { nameCipher: bytes, nameHmac: Buffer.from([9]), grams: [gram], keyVersion: 1, auditDetails: undefined };
const stored = { rowId: documentId, nameCipher: bytes, nameHmac: Buffer.from([9]), grams: [gram] };

type Statement = (tx: TenantTransaction, ctx: TenantContext) => PromiseLike<unknown>;

/** Every verb of the application database that names a tenant in a `where`, asked by ids that another tenant's rows have as well. */
export const statementCases: Record<string, Statement> = {
  changeKeyRate: (tx, ctx) => changeKeyRate(tx, ctx, keyId, { requestsPerSecond: 1, burst: 2 }),
  createApiKey: (tx, ctx) =>
    createApiKey(tx, ctx, {
      ...{ keyId: newKeyId, nameCipher: bytes, secretHash: keyHash, scopes: ["documents:read"], expiresInDays: 1, rate: null },
    }),
  listApiKeys: (tx, { tenantId }) => listApiKeys(tx, tenantId),
  touchApiKey: (tx, { tenantId }) => touchApiKey(tx, tenantId, keyId),
  revokeApiKey: (tx, ctx) => revokeApiKey(tx, ctx, keyId),
  "beginUpload, once more": (tx, ctx) =>
    beginUpload(tx, ctx, {
      ...{ documentId: uploadId, folderId: null, nameCipher: bytes, nameHmac: Buffer.from([3]), contentTypeCipher: bytes },
      ...{ keyVersion: 1, objectKey: "next", bytes: 1 },
    }),
  "beginUpload of a taken name": (tx, ctx) =>
    beginUpload(tx, ctx, {
      ...{ documentId: newDocumentId, folderId, nameCipher: bytes, nameHmac: Buffer.from([1]), contentTypeCipher: bytes },
      ...{ keyVersion: 1, objectKey: "next", bytes: 1 },
    }),
  findDocument: (tx, { tenantId }) => findDocument(tx, tenantId, documentId),
  finishUpload: (tx, ctx) => finishUpload(tx, ctx, { documentId: uploadId, objectKey, bytes: 1, keyVersion: 1, grams: [gram] }),
  "listDocuments of a folder": (tx, { tenantId }) => listDocuments(tx, tenantId, folderId, { limit: 10 }),
  "searchDocuments by grams": (tx, { tenantId }) => searchDocuments(tx, tenantId, [gram], { limit: 10 }),
  "searchDocuments without": (tx, { tenantId }) => searchDocuments(tx, tenantId, [], { limit: 10 }),
  listBodiesUnderOldKeys: (tx, { tenantId }) => listBodiesUnderOldKeys(tx, tenantId, { belowVersion: 9, ...page }),
  moveBody: (tx, { tenantId }) => moveBody(tx, tenantId, { documentId, from: objectKey, to: "elsewhere", keyVersion: 2 }),
  listUnfinished: (tx, { tenantId }) => listUnfinished(tx, tenantId, { olderThanMinutes: 0 }),
  beginRemoval: (tx, ctx) => beginRemoval(tx, ctx, documentId),
  abandonUpload: (tx, ctx) => abandonUpload(tx, ctx, { documentId: uploadId, objectKey }),
  finishRemoval: (tx, ctx) => finishRemoval(tx, ctx, removalId),
  renameDocument: (tx, ctx) => renameDocument(tx, ctx, documentId, newName),
  writeGrams: (tx, { tenantId }) => writeGrams(tx, tenantId, documentId, []),
  listExportedDocuments: (tx, { tenantId }) => listExportedDocuments(tx, tenantId, page),
  listExportedFolders: (tx, { tenantId }) => listExportedFolders(tx, tenantId, page),
  "deleteFolder that is empty": (tx, ctx) => deleteFolder(tx, ctx, emptyFolderId),
  findFolder: (tx, { tenantId }) => findFolder(tx, tenantId, folderId),
  requireFolder: (tx, { tenantId }) => requireFolder(tx, tenantId, folderId),
  listPath: (tx, { tenantId }) => listPath(tx, tenantId, folderId),
  "listFolders at the top": (tx, { tenantId }) => listFolders(tx, tenantId, null),
  renameFolder: (tx, ctx) => renameFolder(tx, ctx, folderId, newName),
  claimKey: (tx, ctx) => claimKey(tx, ctx, keyHash),
  keepAnswer: (tx, ctx) => keepAnswer(tx, ctx, keyHash, bytes),
  sweepAnswers: (tx, { tenantId }) => sweepAnswers(tx, tenantId),
  "listNames of folders": (tx, { tenantId }) => listNames(tx, tenantId, "folders", page),
  "listNames of documents": (tx, { tenantId }) => listNames(tx, tenantId, "documents", page),
  "putIndex of a folder": (tx, { tenantId }) => putIndex(tx, tenantId, "folders", { ...stored, rowId: folderId }),
  "putIndex of a document": (tx, { tenantId }) => putIndex(tx, tenantId, "documents", stored),
  requireDocumentVersion: (tx, { tenantId }) => requireDocumentVersion(tx, tenantId, documentId, [1]),
  requireFolderVersion: (tx, { tenantId }) => requireFolderVersion(tx, tenantId, folderId, [1]),
  readUsage: (tx, { tenantId }) => readUsage(tx, tenantId),
  reserveUsage: (tx, { tenantId }) => reserveUsage(tx, tenantId, { documents: 1, bytes: 1 }),
  releaseUsage: (tx, { tenantId }) => releaseUsage(tx, tenantId, { documents: 1, bytes: 1 }),
};
