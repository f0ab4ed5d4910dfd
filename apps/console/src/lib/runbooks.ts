import { isBeyondReturn } from "@leasehold/domain/offboarding/steps";
import type { OperationKind } from "@leasehold/domain/operations";

const approval = [
  "Check that a contract exists for this organization and that its region fits it.",
  "Approve: the onboarding starts at once and builds the tenant's own stack, which costs from then on.",
  "Reject: the sign-up ends, nothing was created, and the address becomes free.",
];

const byStep: Record<string, string> = {
  place: "See whether the pool has room; raise its capacity or open another pool first.",
  stack: "Open the stack's events in CloudFormation: quotas and missing rights are named there. Put them right, then retry.",
  administrator: "See whether the invitation, or the person who signed up, still exists.",
  key: "See in KMS whether the worker's role may create keys and aliases, and whether a quota is reached.",
  "data-home": "See whether the application database answers and is migrated to the current version.",
  "object-prefix": "See whether the bucket exists and the worker may write to the tenant's prefix.",
  limits: "See whether the application database answers.",
  verify:
    "Never retry blindly when isolation was not refused: find out why before anything else. Otherwise see that the application plane answers.",
  "new-version": "See in KMS whether the tenant's key is enabled; where it is the customer's own, ask them.",
  "re-encrypt":
    "See whether the application plane answers, and whether the customer has switched their key off: then nothing opens until they enable it.",
  retire:
    "The reason counts what is still under the old key. Values that do not open are named in the application plane's log; the old key stays until they are dealt with.",
  "try-key": "See whether KMS and the application plane answer; what the key lacks is shown to the customer, and parks nothing.",
  rewrap: "See whether the present key is enabled: only it opens the data keys.",
  "prove-key": "See whether the new key was disabled meanwhile. Rolling back puts the keyring back as it was, without KMS.",
  "switch-key": "See whether the databases answer.",
  activate: "See in the list of steps which one has not succeeded: a tenant opens only when it is whole.",
};

const byCode: Record<string, string> = {
  FORBIDDEN: "A right is missing: compare the worker's role with the deployed policy.",
  LIMIT_EXCEEDED: "A quota is reached: raise it, or wait until it is free again.",
  UNAVAILABLE: "A dependency did not answer for longer than the step tries by itself.",
};

const closingApproval = [
  "Check who asked, why, and that no contract, invoice or case still needs the tenant's data.",
  "Approve: the tenant is read-only at once, its owners are told, and its hold begins. Whoever asked cannot approve.",
  "Reject: nothing happens to the tenant. It can be asked for again.",
];

const closingByStep: Record<string, string> = {
  freeze: "See whether the databases answer.",
  export: "See whether the application plane answers, and whether the customer has switched their key off.",
  hold: "See whether the control database answers.",
  "end-runs": "See whether Temporal answers; the runs that are left are named in the reason.",
  "destroy-keys":
    "See in KMS whether the worker's role may disable keys and schedule their deletion. A key that is missing or waits for its deletion already is no fault.",
  "wait-leases": "A process still holds a data key. It ends with its lease within half a minute: try again then.",
  "delete-objects": "See whether the bucket answers. Locked or held object versions have to be released by whoever holds them.",
  "delete-rows": "See whether the databases answer.",
  "delete-stack":
    "Open the stack's events in CloudFormation: a bucket that is not empty, or a resource that is used elsewhere, is named there.",
  "delete-identities": "See whether the control database answers.",
  "delete-runs": "See whether Temporal answers.",
  verify:
    "The reason names what was found where nothing should be. Find out why before trying again; never delete by hand without noting it.",
  certify: "The evidence says something else than the certificate would: the reason names every item.",
  finality: "Look at the key in KMS: one that was taken out of its deletion is disabled again, and somebody did that.",
  close: "See in the list of steps which one has not succeeded.",
};

const suspensionByStep: Record<string, string> = {
  "begin-suspending": "See whether another operation holds the tenant, and whether the control database answers.",
  shut: "See whether the application database answers. Until then requests are let in as before.",
  "cut-off": "See in KMS whether the worker's role may disable the tenant's key. Nobody new is let in meanwhile.",
  "finish-suspending": "See whether the control database answers. The tenant is shut already.",
  "begin-resuming": "See whether another operation holds the tenant, and whether the control database answers.",
  "restore-keys":
    "See in KMS whether the tenant's key waits for its deletion: cancel that there first. Where it is the customer's own, they have to switch it on before the tenant is resumed.",
  open: "See whether the application database answers.",
  "finish-resuming": "See whether the control database answers. The tenant is let in already.",
};

/** What a closing that runs on names, by the step that it is before. */
const noticeByStep: Record<string, string> = {
  verify:
    "Find the tenant above, under the keys that do not open, and put its wrapped keys back from a backup of the keyring. Where no backup has them, two operators give them up there.",
  finality:
    "Where a key was taken out of its deletion, find out who did that, and who may. Where an epoch is held, find the tenant above, under the keys that do not open.",
};

/** What an operator does about an item of the inbox, in order. */
export function runbookOf(item: { kind: OperationKind; state: string; step: string | null; code: string | null }): readonly string[] {
  const closing = item.kind === "offboarding";
  const steps = closing ? closingByStep : item.kind === "suspension" ? suspensionByStep : byStep;
  if (item.state === "AWAITING_APPROVAL") return closing ? closingApproval : approval;
  const step = item.step ?? "";
  if (item.state === "RUNNING") return ["There is nothing to retry: the run goes on by itself.", ...[noticeByStep[step] ?? []].flat()];
  return [
    "Open the run in Temporal from the tenant's page and read the last failure of the step.",
    ...[byCode[item.code ?? ""], steps[step]].filter((line) => line !== undefined),
    "Retry once the cause is gone: the step finds what it made before, and makes nothing twice.",
    ...rollBackOf(item.kind, step),
  ];
}

function rollBackOf(kind: OperationKind, step: string): readonly string[] {
  if (kind === "offboarding") {
    if (isBeyondReturn(step)) return ["Nothing is rolled back behind the point of no return: what was begun is brought to its end."];
    return ["Roll back when the tenant is to stay: it opens again as it was before."];
  }
  if (kind === "suspension") return ["Roll back when it cannot be put right: the tenant is again as it was before, active or suspended."];
  if (kind === "keys") return ["Roll back when it cannot be put right: the tenant stays as it is and works on."];
  return ["Roll back when it cannot be put right: everything that was created is removed, and the address becomes free."];
}
