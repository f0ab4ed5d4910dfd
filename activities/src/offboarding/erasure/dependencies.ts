import type { OnboardingDependencies } from "../../onboarding/dependencies.ts";
import type { CertificateDependencies } from "../certificates/dependencies.ts";
import type { ExportDependencies } from "../exports/dependencies.ts";
import type { Retention } from "../shredding-dependencies.ts";

/** What the erasure of one person reaches. Accounts it only asks about: the portal deletes them. */
export interface ErasureDependencies
  extends CertificateDependencies,
    Pick<OnboardingDependencies, "application" | "applicationDatabaseUrl" | "s3">,
    Pick<ExportDependencies, "startExportRun"> {
  retention: Pick<Retention, "backupDays">;
  /** The longest that somebody who was let in before still acts, in milliseconds: a token's life. */
  tokenLifeMs: number;
}
