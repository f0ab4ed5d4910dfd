import { describeUsers } from "@leasehold/db/control/identity/describe-users";
import { listMembers, type Workspace } from "@leasehold/db/control/members/list-members";
import type { ExportRequest } from "@leasehold/db/control/offboarding/exports/request-export";
import { exportKeptDays } from "@leasehold/domain/offboarding/exports";
import { sealMail } from "@leasehold/tenancy/mail/seal-mail";
import { sealPeople } from "@leasehold/tenancy/mail/seal-people";
import type { Services } from "../services.ts";

/** Names and addresses of a workspace's members, sealed to the worker for an export: the portal alone may look them up. */
export async function sealMembers({ control, identity, env }: Services, { tenantId }: Pick<Workspace, "tenantId">): Promise<string> {
  const members = await listMembers(control, tenantId);
  const people = await describeUsers(
    identity,
    members.map(({ userId }) => userId),
  );
  return sealPeople(env.MAIL_PUBLIC_JWK, [...people.values()]);
}

/** The mail for whoever asks for an export, written ahead. */
export async function sealReadyMail({ env }: Services, { slug, name }: Workspace, to: string): Promise<ExportRequest["mail"]> {
  const template = "export-ready";
  const props = { url: `${env.PORTAL_URL}/w/${slug}/settings?tab=export`, organizationName: name, keptDays: exportKeptDays };
  return { template, sealed: await sealMail(env.MAIL_PUBLIC_JWK, { template, to, props }) };
}
