import type { OperationId, TenantId } from "../ids.ts";
import type { Tone } from "../tenant-states.ts";

export type ExportId = `exp_${string}`;

export const exportStates = ["REQUESTED", "RUNNING", "READY", "FAILED", "EXPIRED"] as const;
export type ExportState = (typeof exportStates)[number];

export const exportStatePresentation: Record<ExportState, { label: string; tone: Tone }> = {
  REQUESTED: { label: "Queued", tone: "info" },
  RUNNING: { label: "Building", tone: "info" },
  READY: { label: "Ready", tone: "success" },
  FAILED: { label: "Failed", tone: "warning" },
  EXPIRED: { label: "Deleted", tone: "neutral" },
};

/** What a manifest calls the names and addresses of members that nobody told the export of in time. */
export const missingNames = "members.names";

/** What an export had to do without, as people read it. */
export const missingLabels: Record<string, string> = {
  [missingNames]: "Without names and addresses of members",
  "documents.names": "Without names of documents whose key is lost",
  "folders.names": "Without names of folders whose key is lost",
  "api-keys.names": "Without names of API keys whose key is lost",
  "audit.details": "Without details of the audit log whose key is lost",
};

/** How long an export that was asked for can be downloaded, in days. One that an offboarding made is kept for as long as its hold. */
export const exportKeptDays = 7;
/** The longest that a link opens a download, in minutes. */
export const exportLinkMinutes = 15;

/** The failure of an export that was being built when somebody in it was erased. */
export const personErased = "person-erased";

/** Why an export ended without a file, as people read it. */
export const exportFailures: Record<string, string> = {
  superseded: "The closing of the workspace began and makes an export of its own.",
  "key-rotated": "The encryption key was rotated while it was built. Ask for another one.",
  [personErased]: "A person who is in it was erased from the workspace. Ask for another one once that is done.",
  "not-started": "It could not be started. Ask for another one.",
  failed: "It could not be built. Ask for another one; if it fails again, contact support with its reference.",
};

/** What a run of an export and its activities are told. */
export interface ExportRef {
  tenantId: TenantId;
  exportId: ExportId;
}

/** Tokens and audit rows name an operation: an export that no offboarding asked for has one of its own making. */
export function operationOfExport(exportId: ExportId): OperationId {
  return `op_${exportId.slice("exp_".length)}`;
}
