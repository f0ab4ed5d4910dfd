const words: Record<string, string> = {
  "sign-up.requested": "Workspace requested",
  "sign-up.verified": "E-mail address confirmed",
  "onboarding.requested": "Creation of the workspace begun",
  "onboarding.approved": "Request approved",
  "onboarding.activated": "Workspace opened",
  "onboarding.rolled-back": "Creation of the workspace undone",
  "operation.retry-requested": "A step is tried again",
  "operation.roll-back-requested": "Undoing requested",
  "tenant.renamed": "Workspace renamed",
  "member.role-changed": "Role changed",
  "member.removed": "Member removed",
  "member.left": "Member left",
  "invitation.sent": "Invitation sent",
  "invitation.renewed": "Invitation sent again",
  "invitation.revoked": "Invitation revoked",
  "invitation.accepted": "Invitation accepted",
  "document.uploaded": "Document uploaded",
  "api-key.created": "API key made",
  "api-key.revoked": "API key revoked",
  "keys.rotation-requested": "Rotation of the data key requested",
  "keys.change-requested": "Change of the encryption key requested",
  "keys.tried": "Encryption key tried",
  "keys.re-encrypted": "Contents encrypted anew",
  "keys.rotated": "Data key rotated",
  "keys.changed": "Encryption key changed",
  "keys.rolled-back": "Work on keys undone",
  "export.requested": "Export of everything requested",
  "export.ready": "Export of everything ready",
  "export.link-made": "Link to an export made",
  "export.downloaded": "Export downloaded",
  "export.failed": "Export could not be built",
  "export.expired": "Export deleted",
  "document.renamed": "Document renamed",
  "document.deleted": "Document deleted",
  "folder.created": "Folder created",
  "folder.renamed": "Folder renamed",
  "folder.deleted": "Folder deleted",
};

/** What a log can be narrowed to: the noun that actions begin with, and its words. */
export const auditGroups: Record<string, string> = {
  member: "Members",
  invitation: "Invitations",
  document: "Documents",
  folder: "Folders",
  tenant: "Workspace",
  onboarding: "Onboarding",
};

/** An audit action in the reader's words; an unknown one as it is, legibly. */
export function auditWords(action: string): string {
  const plain = action.replace(/[.-]/g, " ");
  return words[action] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}
