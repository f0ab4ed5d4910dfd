import { nothing } from "../onboarding/step-place.ts";
import { stepActivity } from "../operations/run-step.ts";
import type { CertificateDependencies } from "./certificates/dependencies.ts";
import { gatherClosing } from "./certificates/gather-closing.ts";
import { issueCertificate } from "./certificates/issue-certificate.ts";
import { offboardingPlaceOf } from "./step-place.ts";

/** The stamps of a closing, from what its steps have recorded. Payloads are ids. */
export function createCertificateActivities(dependencies: CertificateDependencies) {
  const stamp = (kind: "closure" | "finality", step: "certify" | "finality") =>
    stepActivity(
      dependencies,
      offboardingPlaceOf(step),
      (context) => issueCertificate(dependencies, kind, context, () => gatherClosing(dependencies, kind, context, step)),
      nothing,
    );
  return {
    /** Idempotent by operation id. Refuses to sign what the evidence contradicts. */
    certifyClosure: stamp("closure", "certify"),
    /** Idempotent by operation id. Refuses while KMS has a key, and without the first stamp. */
    certifyFinality: stamp("finality", "finality"),
  };
}

export type CertificateActivities = ReturnType<typeof createCertificateActivities>;
