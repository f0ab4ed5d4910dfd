import type { Workspace } from "@leasehold/db/control/members/list-members";
import { previewErasure } from "@leasehold/db/control/offboarding/erasure/request-erasure";
import type { TenantContext } from "@leasehold/domain/context";
import { DomainError, isDomainError } from "@leasehold/domain/errors";
import { applicationClient, callApplication } from "../application/client.ts";
import type { Services } from "../services.ts";

interface Asking {
  services: Services;
  workspace: Workspace;
  tenant: TenantContext;
  /** Who asks. */
  askedBy: string;
}

/**
 * What an erasure would find, with counts; what could not be counted right now is null, and never a guess.
 * @throws DomainError NOT_FOUND for somebody who never was here
 */
export async function previewPerson(
  { services, workspace, tenant, askedBy }: Asking,
  person: { userId: string; email: string | undefined },
) {
  const found = await previewErasure(services.control, tenant, person);
  if (found === undefined)
    throw new DomainError("NOT_FOUND", "This person was never a member of the workspace.", { reason: "member-unknown" });
  const application = applicationClient(services, workspace, askedBy, tenant.requestId);
  try {
    return { ...found, made: await callApplication(application.erasure.authored.query({ userId: person.userId })) };
  } catch (error) {
    if (isDomainError(error)) return { ...found, made: null };
    throw error;
  }
}
