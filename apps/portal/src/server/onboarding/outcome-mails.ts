import type { SealedMail } from "@leasehold/db/control/mail/queue-mail";
import type { SignUp } from "@leasehold/db/control/onboarding/read-sign-up";
import { isPlanId, plans } from "@leasehold/domain/plans";
import { sealMail } from "@leasehold/tenancy/mail/seal-mail";
import type { Mail } from "@leasehold/tenancy/mail/templates";
import type { PortalEnv } from "../../env.ts";

/**
 * The mails that tell how an onboarding ended, sealed ahead and held: its end releases one and discards the others.
 * Where the plan asks for approval, also the one that says so, which goes at once.
 */
export async function sealOutcomeMails(
  env: PortalEnv,
  { organizationName, slug, plan }: SignUp,
  to: string,
  operationId: string,
): Promise<SealedMail[]> {
  const seal = async (mail: Mail, held: boolean): Promise<SealedMail> => ({
    dedupeKey: `${mail.template}:${operationId}`,
    template: mail.template,
    sealed: await sealMail(env.MAIL_PUBLIC_JWK, mail),
    held,
  });
  const mails = [
    seal({ template: "workspace-ready", to, props: { url: `${env.PORTAL_URL}/w/${slug}`, organizationName } }, true),
    seal({ template: "onboarding-failed", to, props: { organizationName, reference: operationId } }, true),
  ];
  if (isPlanId(plan) && plans[plan].approval) {
    mails.push(seal({ template: "sign-up-awaiting-approval", to, props: { organizationName } }, false));
    mails.push(seal({ template: "sign-up-declined", to, props: { organizationName, reference: operationId } }, true));
  }
  return Promise.all(mails);
}
