import { type CertificateDocument, type CertificateKind, certificateFormats } from "@leasehold/domain/offboarding/certificate";
import type { CertificateVerdict } from "@leasehold/tenancy/certificates/verify-certificate";
import { CopyId } from "@leasehold/ui/components/copy-id";
import { Facts } from "@leasehold/ui/components/facts";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { StatusBadge } from "@leasehold/ui/components/status-badge";
import { Button } from "@leasehold/ui/components/ui/button";
import { Evidence } from "./evidence.tsx";

const kinds: Record<CertificateKind, string> = {
  closure: "First stamp of a closing: live copies gone, keys destroyed or waiting for their end",
  finality: "Second stamp of a closing: the keys are gone from the key management service",
  "person-erasure": "Erasure of one person in a workspace that goes on",
};

function whatIs({ format, kind, finality, keys }: CertificateDocument): string {
  const isOurs = finality.state !== "held" && keys.every(({ model }) => model !== "customer");
  if (kind === "closure" && format !== certificateFormats[0] && !isOurs)
    return "First stamp of a closing: live copies gone; what is left of the keys is said under Finality";
  if (kind !== "finality" || finality.state === "gone") return kinds[kind];
  return finality.state === "customers"
    ? "Second stamp of a closing: none of the issuer's keys is left, the customer's own key stays the customer's"
    : "Second stamp of a closing: the keys are gone, or no copy that needs them is left";
}

/** The first format did not tell a customer's key that is the customer's from one that is gone. */
function isBeforeCustomers({ format, kind, keys }: CertificateDocument): boolean {
  return format === certificateFormats[0] && kind !== "person-erasure" && keys.some(({ model }) => model === "customer");
}

/** What one file is, and what it proves and does not. */
export function FileVerdict({ name, verdict }: { name: string; verdict: CertificateVerdict }) {
  if (!verdict.valid)
    return (
      <Section title={<Title name={name} tone="danger" label="Refused" />}>
        <p role="alert">{verdict.message}</p>
        <p className="text-muted-foreground text-sm">
          It proves nothing. Ask whoever gave it to you for the file as it was issued, or open it by its id at /certificates.
        </p>
      </Section>
    );
  const { document } = verdict.certificate;
  const files = `/certificates/${document.certificateId}`;
  return (
    <Section
      title={<Title name={name} tone="success" label="Holds, to the byte" />}
      actions={
        <>
          <Button asChild variant="secondary">
            <a href={`${files}/certificate.pdf`}>PDF</a>
          </Button>
          <Button asChild variant="secondary">
            <a href={`${files}/certificate.json`}>JSON</a>
          </Button>
        </>
      }
    >
      <CertificateFacts document={document} hash={verdict.hash} />
      {isBeforeCustomers(document) ? (
        <p role="note" className="pt-3">
          This certificate is of an earlier format. Where it says that the keys are gone it speaks of the issuer's keys alone: a customer's
          own key opens copies of the keyring, for whoever may use it, until those copies end.
        </p>
      ) : null}
      <div className="grid gap-6 pt-3 md:grid-cols-2">
        <Sentences title="What this proves" sentences={document.proves} />
        <Sentences title="What this does not prove" sentences={document.doesNotProve} />
      </div>
      <Evidence name={name} document={document} />
    </Section>
  );
}

function Title({ name, tone, label }: { name: string; tone: "success" | "danger"; label: string }) {
  return (
    <span className="flex flex-wrap items-center gap-2">
      <StatusBadge tone={tone} label={label} />
      <span className="min-w-0 break-all font-mono text-sm">{name}</span>
    </span>
  );
}

function CertificateFacts({ document, hash }: { document: CertificateDocument; hash: string }) {
  const { pseudonym, issuedAt, sequence, finality, authority, closure, keyId } = document;
  return (
    <Facts
      facts={[
        ["What", whatIs(document)],
        ["About", <CopyId key="about" value={pseudonym} label="pseudonym" full />],
        ["Issued", <RelativeTime key="issued" value={issuedAt} format="date-time" />],
        ["Asked for", authority.confirmation],
        ["Finality", finality.note],
        ["Place in the chain", String(sequence)],
        ...(closure === null
          ? []
          : [["Completes", <CopyId key="closure" value={closure.certificateId} label="first stamp" full />] as const]),
        ["SHA-256", <CopyId key="hash" value={hash} label="hash" full />],
        ["Signed by", <CopyId key="key" value={keyId} label="key" full />],
      ]}
    />
  );
}

function Sentences({ title, sentences }: { title: string; sentences: readonly string[] }) {
  return (
    <div className="flex flex-col gap-2">
      <h3 className="font-medium">{title}</h3>
      <ul className="flex list-disc flex-col gap-1.5 pl-5">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </div>
  );
}
