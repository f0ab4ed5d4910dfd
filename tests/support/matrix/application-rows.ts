import { newId } from "@leasehold/domain/ids";
import type { Case, Row } from "./case.ts";
import { exportBuildingRows } from "./export-rows.ts";
import { freshDocument, freshFolder, freshKey } from "./fresh.ts";
import type { MatrixWorld } from "./matrix-world.ts";
import { restrictedRow } from "./restricted-row.ts";
import { applicationRow, everyRole, managers, writers } from "./tenant-row.ts";

const folders = ["app.audit", "app.folders"];
const documents = ["app.audit", "app.document_grams", "app.documents"];
const name = () => `Named ${newId("event")}`;

/** Procedures of the application plane. */
export const applicationRows: Record<string, Row<MatrixWorld>> = {
  "documents.list": applicationRow({ key: "documents:read", roles: everyRole, ids: ["folderId"], input: ({ folderId }) => ({ folderId }) }),
  "documents.get": applicationRow({
    key: "documents:read",
    roles: everyRole,
    ids: ["documentId"],
    input: ({ documentId }) => ({ documentId }),
  }),
  "documents.rename": applicationRow({
    key: "documents:write",
    roles: writers,
    ids: ["documentId"],
    input: ({ documentId }) => ({ documentId, name: name() }),
    changes: documents,
    audit: "document.renamed",
  }),
  "documents.delete": applicationRow({
    key: "documents:write",
    roles: writers,
    ids: ["documentId"],
    input: ({ documentId }) => ({ documentId }),
    fresh: freshDocument,
    changes: [...documents, "app.tenant_limits", "objects"],
    audit: "document.deleted",
  }),
  "documents.createFolder": applicationRow({
    key: "documents:write",
    roles: writers,
    ids: ["folderId"],
    input: ({ folderId }) => ({ name: name(), parentId: folderId }),
    changes: folders,
    audit: "folder.created",
  }),
  "documents.getFolder": applicationRow({
    key: "documents:read",
    roles: everyRole,
    ids: ["folderId"],
    input: ({ folderId }) => ({ folderId }),
  }),
  "documents.renameFolder": applicationRow({
    key: "documents:write",
    roles: writers,
    ids: ["folderId"],
    input: ({ folderId }) => ({ folderId, name: name() }),
    changes: folders,
    audit: "folder.renamed",
  }),
  "documents.deleteFolder": applicationRow({
    key: "documents:write",
    roles: writers,
    ids: ["folderId"],
    input: ({ folderId }) => ({ folderId }),
    fresh: freshFolder,
    changes: folders,
    audit: "folder.deleted",
  }),
  // Nobody's own: everybody may ask for what they made themselves.
  "erasure.authored": applicationRow({
    roles: ["owner"],
    ids: ["authorId"],
    swapped: "ok",
    input: ({ authorId }) => ({ userId: authorId }),
  }),
  "usage.summary": applicationRow({ key: "documents:read", roles: everyRole }),
  "usage.requests": applicationRow({ key: "documents:read", roles: everyRole }),
  "audit.list": applicationRow({ roles: managers, input: () => ({ limit: 200 }) }),
  "audit.chain": applicationRow({ roles: managers, input: () => ({ limit: 1_000 }) }),
  "apiKeys.list": applicationRow({ roles: managers }),
  "apiKeys.create": applicationRow({
    roles: managers,
    input: () => ({ name: name(), scopes: ["documents:read"] }),
    changes: ["app.api_keys", "app.audit"],
    audit: "api-key.created",
  }),
  "apiKeys.change": applicationRow({
    roles: managers,
    ids: ["keyId"],
    input: ({ keyId }) => ({ keyId, rate: { requestsPerSecond: 1, burst: 2 } }),
    fresh: freshKey,
    changes: ["app.api_keys", "app.audit"],
    audit: "api-key.changed",
  }),
  "apiKeys.revoke": applicationRow({
    roles: managers,
    ids: ["keyId"],
    input: ({ keyId }) => ({ keyId }),
    fresh: freshKey,
    changes: ["app.api_keys", "app.audit"],
    audit: "api-key.revoked",
  }),
  "keys.check": restrictedRow("key-care", async () => [{ what: "of one's own", expect: "ok" }]),
  "keys.tryKey": restrictedRow("key-care", async ({ ours }) => [
    { what: "one's own", input: { keyArn: ours.placement.keyArn }, expect: "ok", answers: /"refused":\[\]/ },
  ]),
  "keys.rewrap": restrictedRow("key-care", async ({ ours }) => [
    { what: "under one's own", input: { keyArn: ours.placement.keyArn }, expect: "ok" },
  ]),
  "keys.reencrypt": restrictedRow("key-care", async () => [
    { what: "what is under the newest key already", input: { version: 1 }, expect: "ok" },
  ]),
  ...exportBuildingRows,
  "verification.run": restrictedRow("verification", verificationCases),
};

/** The canary is the other tenant: reached by nothing that is tried here. */
async function verificationCases({ application, ours, theirs }: MatrixWorld): Promise<Omit<Case, "caller">[]> {
  const { tenantId, documentId, placement } = theirs;
  const [row] = await application.query<{ object_key: string }>("select object_key from app.documents where document_id = $1", [
    documentId,
  ]);
  const canary = { tenantId, documentId, bucket: placement.bucket, objectKey: row?.object_key, keyArn: placement.keyArn };
  const input = { canary };
  return [
    { what: "with itself as the canary", input: { canary: { ...canary, tenantId: ours.tenantId } }, expect: "VALIDATION" },
    { what: "in an onboarding", input, expect: "ok", changes: ["app.audit"], audit: "document.deleted,document.uploaded" },
  ];
}
