import { randomBytes } from "node:crypto";
import type { SealedAuditDetails } from "@leasehold/db/application/audit/emit-audit";
import { commitToDetails } from "@leasehold/db/audit/chain";
import { newId } from "@leasehold/domain/ids";
import type { TenantScope } from "../context.ts";
import { decryptKnownColumns, encryptColumns } from "../keys/columns.ts";
import type { DataKeys } from "../keys/data-keys.ts";

/** Encrypted details in the clear: what was committed to, and with which salt. */
export interface OpenedDetails {
  details: string;
  salt: string;
}

const cellOf = (rowId: string) => ({ table: "audit", column: "details", rowId });

/**
 * Details of one audit row that may name something, under the tenant's key, with the commitment that the chain keeps. The salt is
 * inside, so that nobody without the key can guess at a name, and goes with the details when they are erased.
 */
export async function sealAuditDetails(keys: DataKeys, scope: TenantScope, details: Record<string, unknown>): Promise<SealedAuditDetails> {
  const auditId = newId("audit");
  const salt = randomBytes(32);
  const text = JSON.stringify(details);
  const opened: OpenedDetails = { details: text, salt: salt.toString("hex") };
  const { sealed } = await encryptColumns(keys, scope, [{ ...cellOf(auditId), text: JSON.stringify(opened) }]);
  return { auditId, sealedDetails: (sealed as [Buffer])[0], sealedCommitment: commitToDetails(salt, text) };
}

/** Details that no key opens any more. */
export const detailsLost = "lost";

/** Opens what `sealAuditDetails` made, in order; null for rows without, `lost` for those whose key is. Throws UnreadableError for a row that does not authenticate. */
export async function openAuditDetails(
  keys: DataKeys,
  scope: TenantScope,
  rows: readonly { auditId: string; sealedDetails: Buffer | null }[],
): Promise<(OpenedDetails | typeof detailsLost | null)[]> {
  const sealed = rows.flatMap(({ auditId, sealedDetails }) =>
    sealedDetails === null ? [] : [{ auditId, ...cellOf(auditId), sealed: sealedDetails }],
  );
  const texts = await decryptKnownColumns(keys, scope, sealed);
  const read = (text: string | undefined): OpenedDetails | typeof detailsLost =>
    text === undefined ? detailsLost : (JSON.parse(text) as OpenedDetails);
  const opened = new Map(sealed.map(({ auditId }, index) => [auditId, read(texts[index])]));
  return rows.map(({ auditId }) => opened.get(auditId) ?? null);
}
