import { readStepEnd } from "@leasehold/db/control/offboarding/read-step-end";
import type { CopyEvidence, KeyEvidence } from "@leasehold/domain/offboarding/certificate";
import type { ShreddingDependencies } from "./shredding-dependencies.ts";
import type { StoreRef } from "./stores/store.ts";

const dayMs = 86_400_000;
const withCustomersKey =
  "Until the copies of the keyring end, whoever may use the customer's own key and has one of those can open what is under it.";

/**
 * The copies that the deletion does not reach at once, and when each becomes unreadable: what is encrypted with the keys, the rest with
 * the retention that the operator has set. docs/offboarding.md says where each is.
 */
export async function copiesOf(
  { control, retention }: Pick<ShreddingDependencies, "control" | "retention">,
  ref: Pick<StoreRef, "tenantId" | "operationId">,
  keys: readonly Pick<KeyEvidence, "model">[],
): Promise<CopyEvidence[]> {
  const destroyed = await readStepEnd(control, ref, "destroy-keys");
  const customers = keys.some(({ model }) => model === "customer");
  const after = (days: number) => (destroyed === undefined ? null : new Date(destroyed.getTime() + days * dayMs).toISOString());
  const byKey = (copy: string, label: string, how: string): CopyEvidence => ({
    type: "copy",
    copy,
    label,
    unreadableBy: "key",
    // With a customer's key, whoever may use it opens what a copy of the keyring still holds.
    unreadableFrom: customers ? after(retention.keyringBackupDays) : null,
    how: customers ? `${how} ${withCustomersKey}` : how,
  });
  const byExpiry = (copy: string, label: string, days: number, how: string): CopyEvidence => ({
    type: "copy",
    copy,
    label,
    unreadableBy: "expiry",
    unreadableFrom: after(days),
    how,
  });
  return [
    byKey("application-backups", "Backups and WAL of application databases", "Names and contents in them are under the destroyed keys."),
    byKey("object-versions", "Versions and backups of files", "Bodies and exports in them are under the destroyed keys."),
    byKey("temporal-payloads", "Payloads in Temporal's store and its backups", "They are under the destroyed payload key."),
    byExpiry(
      "keyring-backups",
      "Backups of the keyring",
      retention.keyringBackupDays,
      customers
        ? "They hold wrapped keys. Those under a key of ours open nothing once KMS has deleted it; those under the customer's own key open for whoever may use that key, until these copies end by themselves."
        : "They hold wrapped keys, which open nothing once KMS has deleted the key above them; they end by themselves before or after that.",
    ),
    byExpiry(
      "control-backups",
      "Backups and WAL of the control database",
      retention.backupDays,
      "They hold names, e-mail addresses and memberships, which are no tenant's to encrypt, and mails, people's names and addresses among them, sealed to the worker's mail key, which is no tenant's and is not destroyed; they end by themselves.",
    ),
    byExpiry(
      "application-clear",
      "What application databases hold in clear, in their backups",
      retention.backupDays,
      "Ids, sizes, times and states, without names and contents; they end by themselves.",
    ),
    byExpiry(
      "temporal-backups",
      "Ids and times in backups of Temporal's store",
      retention.temporalDays,
      "Workflow ids and search attributes, without payloads; they end by themselves.",
    ),
  ];
}
