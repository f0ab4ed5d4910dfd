import { newId } from "@leasehold/domain/ids";
import type { Row } from "./case.ts";
import { freshDocument, freshFolder, freshInvitation, freshKey, freshMember, freshPerson } from "./fresh.ts";
import type { MatrixWorld } from "./matrix-world.ts";
import { everyRole, managers, portalRow, writers } from "./tenant-row.ts";

const members = ["control.audit", "control.members"];
const invitations = ["control.audit", "control.invitations"];
const folders = ["app.audit", "app.folders"];
const documents = ["app.audit", "app.documents", "app.document_grams"];
const name = () => `Named ${newId("event")}`;

/** Procedures of the portal that are for the members of one workspace. */
export const portalRows: Record<string, Row<MatrixWorld>> = {
  "workspace.get": portalRow({ roles: everyRole }),
  "workspace.usage": portalRow({ roles: everyRole, inApplication: true }),
  "workspace.suspension": portalRow({ roles: everyRole, whileShut: true }),
  "workspace.rename": portalRow({
    roles: managers,
    input: () => ({ name: name() }),
    changes: ["control.audit", "control.tenants"],
    audit: "tenant.renamed",
  }),
  "workspace.audit": portalRow({ roles: managers, input: () => ({ limit: 100 }) }),
  "members.list": portalRow({ roles: everyRole }),
  "members.invitations": portalRow({ roles: managers }),
  "members.invite": portalRow({
    roles: managers,
    input: () => ({ email: `${newId("user").toLowerCase()}@guests.example`, role: "viewer" }),
    changes: [...invitations, "control.mail_outbox"],
    audit: "invitation.sent",
  }),
  "members.resend": portalRow({
    roles: managers,
    ids: ["invitationId"],
    input: ({ invitationId }) => ({ invitationId }),
    fresh: freshInvitation,
    changes: [...invitations, "control.mail_outbox"],
    audit: "invitation.renewed",
  }),
  "members.revoke": portalRow({
    roles: managers,
    ids: ["invitationId"],
    input: ({ invitationId }) => ({ invitationId }),
    fresh: freshInvitation,
    changes: invitations,
    audit: "invitation.revoked",
  }),
  "members.changeRole": portalRow({
    roles: managers,
    ids: ["userId"],
    input: ({ userId }) => ({ userId, role: "admin" }),
    fresh: freshMember,
    changes: members,
    audit: "member.role-changed",
  }),
  "members.remove": portalRow({
    roles: managers,
    ids: ["userId"],
    input: ({ userId }) => ({ userId }),
    fresh: freshMember,
    changes: members,
    audit: "member.removed",
  }),
  "members.leave": portalRow({ roles: everyRole, fresh: freshPerson, changes: members, audit: "member.left" }),
  "apiKeys.list": portalRow({ roles: managers, inApplication: true }),
  "apiKeys.create": portalRow({
    roles: managers,
    inApplication: true,
    input: () => ({ name: name(), scopes: ["documents:read"], expiresInDays: 30, rate: null, idempotencyKey: crypto.randomUUID() }),
    changes: ["app.api_keys", "app.audit", "app.idempotency_keys"],
    audit: "api-key.created",
  }),
  "apiKeys.change": portalRow({
    roles: managers,
    inApplication: true,
    ids: ["keyId"],
    input: ({ keyId }) => ({ keyId, rate: { requestsPerSecond: 1, burst: 2 } }),
    fresh: freshKey,
    changes: ["app.api_keys", "app.audit"],
    audit: "api-key.changed",
  }),
  "apiKeys.revoke": portalRow({
    roles: managers,
    inApplication: true,
    ids: ["keyId"],
    input: ({ keyId }) => ({ keyId }),
    fresh: freshKey,
    changes: ["app.api_keys", "app.audit"],
    audit: "api-key.revoked",
  }),
  "documents.list": portalRow({
    roles: everyRole,
    inApplication: true,
    ids: ["folderId"],
    input: ({ folderId }) => ({ folderId }),
  }),
  "documents.createFolder": portalRow({
    roles: writers,
    inApplication: true,
    ids: ["folderId"],
    input: ({ folderId }) => ({ name: name(), parentId: folderId }),
    changes: folders,
    audit: "folder.created",
  }),
  "documents.renameFolder": portalRow({
    roles: writers,
    inApplication: true,
    ids: ["folderId"],
    input: ({ folderId }) => ({ folderId, name: name() }),
    changes: folders,
    audit: "folder.renamed",
  }),
  "documents.deleteFolder": portalRow({
    roles: writers,
    inApplication: true,
    ids: ["folderId"],
    input: ({ folderId }) => ({ folderId }),
    fresh: freshFolder,
    changes: folders,
    audit: "folder.deleted",
  }),
  "documents.rename": portalRow({
    roles: writers,
    inApplication: true,
    ids: ["documentId"],
    input: ({ documentId }) => ({ documentId, name: name() }),
    changes: documents,
    audit: "document.renamed",
  }),
  "documents.remove": portalRow({
    roles: writers,
    inApplication: true,
    ids: ["documentId"],
    input: ({ documentId }) => ({ documentId }),
    fresh: freshDocument,
    changes: [...documents, "app.tenant_limits", "objects"],
    audit: "document.deleted",
  }),
};
