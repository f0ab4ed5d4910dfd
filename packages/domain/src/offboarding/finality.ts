import type { CertificateKind, Finality, KeyEvidence } from "./certificate.ts";

const isCustomers = ({ model }: KeyEvidence) => model === "customer";

/** Whether the last copy of the keyring that needs a key has ended, by the retention that the operator has set. */
function haveCopiesEnded({ former }: KeyEvidence, at: string): boolean {
  return former !== undefined && Date.parse(former.copiesUntil) <= Date.parse(at);
}

/** Whether a key of ours opens nothing of the workspace's any more, in the keyring or in a copy of it. */
export function isOver(key: KeyEvidence, at: string): boolean {
  return key.state === "NotFound" || haveCopiesEnded(key, at);
}

/** Whether a key of ours is gone, waits for its deletion, or is an epoch's that the workspace had left: others may still be under that. */
export function isEnding({ state, model, former }: KeyEvidence): boolean {
  return (
    state === "NotFound" ||
    state === "PendingDeletion" ||
    state === "PendingReplicaDeletion" ||
    (model === "shared-epoch" && former !== undefined)
  );
}

/** What is left of the keys at a time, and until when. A customer's key is never said to be gone: it may live on elsewhere. */
export function finalityOf(kind: CertificateKind, keys: readonly KeyEvidence[], at: string): Finality {
  if (kind === "person-erasure") return { at: null, state: "not-applicable", note: "The workspace goes on, and so do its keys." };
  const ours = keys.filter((key) => !isCustomers(key));
  const theirs = keys.filter((key) => isCustomers(key) && !haveCopiesEnded(key, at));
  const left = ours.filter((key) => !isOver(key, at));
  const held = left.filter(({ former, deletionDate }) => former !== undefined && deletionDate === undefined);
  const customers = theirs.length === 0 ? [] : [customersNote];
  if (left.length > 0) {
    const ends = left.flatMap(({ deletionDate, former }) => deletionDate ?? former?.copiesUntil ?? []).sort();
    const notes = [...(held.length < left.length ? [scheduledNote(theirs.length > 0)] : []), ...held.map(heldNote), ...customers];
    return { at: ends.at(-1) ?? null, state: held.length > 0 ? "held" : "scheduled", note: notes.join(" ") };
  }
  const answered = ours.map(({ answeredAt }) => answeredAt).sort();
  const whose = theirs.length > 0 ? "our" : "the";
  const areGone = ours.every(({ state }) => state === "NotFound") && (theirs.length > 0 || ours.length === keys.length);
  const gone = areGone
    ? `The key management service has none of ${whose} keys any more.`
    : `The key management service has none of ${whose} keys any more but those that the workspace had left before, and the last copies that needed those have ended.`;
  const state = theirs.length > 0 ? "customers" : areGone ? "gone" : "copies-ended";
  return { at: answered.at(-1) ?? null, state, note: [...(ours.length > 0 || theirs.length === 0 ? [gone] : []), ...customers].join(" ") };
}

const customersNote =
  "The customer's own key is the customer's: our grant to it has ended, nothing in the keyring is under it, and whether it is destroyed is theirs to decide.";

function scheduledNote(beside: boolean): string {
  return `${beside ? "Our keys" : "The keys"} open nothing, and the key management service deletes them at this time.`;
}

function heldNote({ epoch, former }: KeyEvidence): string {
  const which = epoch === undefined ? "A key" : `The key of epoch ${epoch}`;
  return `${which}, which the workspace had left before (${former?.until.slice(0, 10)}), stays for now: other workspaces' keys are under that epoch. The second stamp waits for its end, or for that of the last copy from before (${former?.copiesUntil.slice(0, 10)}).`;
}
