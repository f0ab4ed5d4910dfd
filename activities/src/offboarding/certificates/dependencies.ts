import type { ExpectedItem } from "@leasehold/domain/offboarding/assemble-certificate";
import type { CertificateKind, CertificateVersions, Evidence } from "@leasehold/domain/offboarding/certificate";
import type { OnboardingDependencies } from "../../onboarding/dependencies.ts";
import type { StepNeeds } from "../../operations/run-step.ts";

/** What issuing a certificate reaches: the catalog, and the signing key in KMS. */
export interface CertificateDependencies extends Pick<OnboardingDependencies, keyof StepNeeds | "kms"> {
  /** What is looked at for a kind of certificate; what has no evidence then is named as not checked. */
  expectedItems: (kind: CertificateKind, evidence?: readonly Evidence[]) => readonly ExpectedItem[];
  versions: CertificateVersions;
}
