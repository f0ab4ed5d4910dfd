import {
  type CertificateDocument,
  type CertificateKind,
  certificateFormats,
  type Finality,
  type HoldEvidence,
  type KeyEvidence,
} from "@leasehold/domain/offboarding/certificate";
import type { Sheet } from "./sheet.ts";

export const certificateTitles: Record<CertificateKind, { title: string; under: string }> = {
  closure: { title: "Certificate of erasure", under: "First stamp: live copies are gone, keys are destroyed or waiting for their end" },
  finality: { title: "Certificate of erasure", under: "Second stamp: the key management service says that the keys are gone" },
  "person-erasure": { title: "Certificate of erasure of one person", under: "Inside a workspace that goes on" },
};

/** What a first stamp is where not every key is ours to end, or one that was left before stays for others. */
const firstStamp = "First stamp: live copies are gone; what is left of the keys is said under Finality";

/** What a second stamp is when the key management service still has some of the keys. */
const secondStamps: Partial<Record<Finality["state"], string>> = {
  customers: "Second stamp: none of the issuer's keys is left, and the customer's own key stays the customer's",
  "copies-ended": "Second stamp: the keys are gone, or no copy that needs them is left",
};

/** In the first format there is one line for each kind. */
function underOf({ format, kind, finality, keys }: CertificateDocument): string {
  const { under } = certificateTitles[kind];
  if (format === certificateFormats[0]) return under;
  if (kind === "finality") return secondStamps[finality.state] ?? under;
  const isOurs = finality.state !== "held" && keys.every(({ model }) => model !== "customer");
  return kind !== "closure" || isOurs ? under : firstStamp;
}

const timeOf = (iso: string | null) => (iso === null ? "\u2013" : `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`);
const countOf = (count: number | null) => (count === null ? "not counted" : String(count).replace(/\B(?=(\d{3})+$)/g, " "));

/** Everything that a certificate says, for people: nothing is added and nothing left out. */
export function writeCertificate(sheet: Sheet, document: CertificateDocument): void {
  sheet.title(certificateTitles[document.kind].title, underOf(document));
  writeFacts(sheet, document);
  sheet.heading("What this proves");
  sheet.bullets(document.proves);
  sheet.heading("What this does not prove");
  sheet.bullets(document.doesNotProve);
  writeEvidence(sheet, document);
  if (document.hold !== null) writeHold(sheet, document.hold);
  sheet.heading("Steps");
  sheet.table(
    [
      { title: "Step", share: 0.3 },
      { title: "State", share: 0.2 },
      { title: "Began", share: 0.25 },
      { title: "Ended", share: 0.25 },
    ],
    document.steps.map(({ step, state, startedAt, finishedAt }) => [step, state, timeOf(startedAt), timeOf(finishedAt)]),
  );
  writeVersions(sheet, document);
}

function writeFacts(sheet: Sheet, document: CertificateDocument): void {
  const { authority, operation, closure, finality } = document;
  sheet.facts([
    ["Certificate", document.certificateId, "mono"],
    ["About", document.pseudonym, "mono"],
    ["Issued", timeOf(document.issuedAt)],
    ["Operation", operation.operationId, "mono"],
    ["Requested", `${timeOf(authority.requestedAt)}; begun ${timeOf(operation.startedAt)}`],
    ["By", authority.requestedBy, "mono"],
    ["Confirmed", authority.confirmation],
    ...authority.approvals.map(({ by, at }) => ["Approved", `${timeOf(at)} ${by}`, "mono"] as const),
    ["Finality", `${finality.note}${finality.at === null ? "" : ` (${timeOf(finality.at)})`}`],
    ...(closure === null ? [] : [["Completes", `${closure.certificateId}, SHA-256 ${closure.hash}`, "mono"] as const]),
  ]);
}

function writeEvidence(sheet: Sheet, { stores, keys, canaries, copies, notChecked }: CertificateDocument): void {
  sheet.heading("Stores, counted before and looked at again after");
  sheet.table(
    [
      { title: "Store", share: 0.25 },
      { title: "Outcome", share: 0.13 },
      { title: "Before", share: 0.09, align: "right" },
      { title: "After", share: 0.09, align: "right" },
      { title: "Looked at", share: 0.15 },
      { title: "How", share: 0.29 },
    ],
    stores.map((store) => [
      store.label,
      store.keptUntil === undefined ? store.disposition : `${store.disposition} until ${timeOf(store.keptUntil)}`,
      countOf(store.before),
      countOf(store.after),
      timeOf(store.checkedAt),
      store.note === undefined ? store.how : `${store.how}. ${store.note}`,
    ]),
  );
  sheet.heading("Keys, as the key management service answered");
  sheet.table(
    [
      { title: "Key", share: 0.36, mono: true },
      { title: "Model", share: 0.13 },
      { title: "Wrapped before / after", share: 0.13, align: "right" },
      { title: "State", share: 0.2 },
      { title: "Answered", share: 0.18 },
    ],
    keys.map((key) => [
      nameOf(key),
      key.model,
      `${key.wrappedBefore} / ${key.wrappedAfter}`,
      key.deletionDate === undefined ? key.state : `${key.state}, until ${timeOf(key.deletionDate)}`,
      timeOf(key.answeredAt),
    ]),
  );
  if (canaries.length > 0) {
    sheet.heading("Canaries: known values, planted before and looked for after");
    sheet.table(
      [
        { title: "Store", share: 0.27 },
        { title: "Planted", share: 0.1, align: "right" },
        { title: "Readable after", share: 0.13, align: "right" },
        { title: "Looked at", share: 0.2 },
        { title: "How", share: 0.3 },
      ],
      canaries.map((canary) => [
        canary.label,
        String(canary.planted),
        countOf(canary.readableAfter),
        timeOf(canary.checkedAt),
        canary.scannedBytes === undefined ? canary.how : `${canary.how}; ${countOf(canary.scannedBytes)} bytes`,
      ]),
    );
  }
  if (copies.length > 0) {
    sheet.heading("Copies that the deletion does not reach");
    sheet.table(
      [
        { title: "Copy", share: 0.3 },
        { title: "Unreadable from", share: 0.25 },
        { title: "How", share: 0.45 },
      ],
      copies.map(({ label, unreadableFrom, how }) => [
        label,
        unreadableFrom === null ? "since the keys were destroyed" : timeOf(unreadableFrom),
        how,
      ]),
    );
  }
  sheet.heading("Not checked");
  if (notChecked.length === 0) sheet.paragraph("Nothing on the list of what is looked at was left out.");
  else
    sheet.table(
      [
        { title: "Item", share: 0.4 },
        { title: "Why", share: 0.6 },
      ],
      notChecked.map(({ label, reason }) => [label, reason]),
    );
}

function writeHold(sheet: Sheet, { beganAt, endsAt, endedAt, changes, legalHolds }: HoldEvidence): void {
  sheet.heading("Hold");
  sheet.paragraph(`From ${timeOf(beganAt)} to ${timeOf(endsAt)}; ended ${timeOf(endedAt)}.`);
  if (changes.length > 0)
    sheet.table(
      [
        { title: "Change", share: 0.15 },
        { title: "At", share: 0.2 },
        { title: "End then", share: 0.2 },
        { title: "By", share: 0.45, mono: true },
      ],
      changes.map(({ kind, at, endsAt: end, by }) => [kind, timeOf(at), timeOf(end), by]),
    );
  if (legalHolds.length > 0)
    sheet.table(
      [
        { title: "Legal hold, SHA-256 of its case", share: 0.4, mono: true },
        { title: "Placed", share: 0.3 },
        { title: "Released", share: 0.3 },
      ],
      legalHolds.map((hold) => [
        hold.caseHash,
        `${timeOf(hold.placedAt)} ${hold.placedBy}`,
        hold.releasedAt === null ? "open" : `${timeOf(hold.releasedAt)} ${hold.releasedBy ?? ""}`,
      ]),
    );
}

function writeVersions(sheet: Sheet, { versions, sequence, previousHash, keyId, format }: CertificateDocument): void {
  sheet.heading("Versions and chain");
  sheet.facts([
    ["Format", format],
    ["Product", versions.commit === null ? versions.product : `${versions.product}, commit ${versions.commit}`],
    ...Object.entries(versions.schemas).map(([name, version]) => [name, version] as const),
    ["Place in the chain", String(sequence)],
    ["Hash of the one before", previousHash ?? "none: the first", "mono"],
    ["Signing key", keyId, "mono"],
  ]);
  sheet.paragraph(
    "The signed text is attached to this file as certificate.json. Check it with the issuer's page /verify, or without any network by " +
      "the command pnpm certificate:verify and the published keys; both compare these pages with the ones that the signed text gives.",
  );
}

function nameOf({ keyArn, epoch, former, lost = [] }: KeyEvidence): string {
  const given = lost.map(({ purpose, version, lostAt }) => `; ${purpose} key ${version} lost, given up ${timeOf(lostAt)}`);
  const left = former === undefined ? "" : `; left ${timeOf(former.until)}, copies from before until ${timeOf(former.copiesUntil)}`;
  return `${keyArn}${epoch === undefined ? "" : ` epoch ${epoch}`}${left}${given.join("")}`;
}
