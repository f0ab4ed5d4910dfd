import { createHmac } from "node:crypto";
import { sealMail } from "@leasehold/tenancy/mail/seal-mail";
import type { ConsoleSettings } from "../trpc.ts";

/** The secret in an invitation's link. Derived, so that a repeated request makes the same one and none is stored. */
export function invitationToken(settings: Pick<ConsoleSettings, "hmacSecret">, invitationId: string): string {
  return createHmac("sha256", settings.hmacSecret).update(`invitation:${invitationId}`).digest("base64url");
}

/** The secret in the link of an invitation that is sent again: another for each request, the same when a request is repeated. */
export function renewedToken(settings: Pick<ConsoleSettings, "hmacSecret">, invitationId: string, request: string): string {
  return createHmac("sha256", settings.hmacSecret).update(`invitation:${invitationId}:${request}`).digest("base64url");
}

/** The first administrator's invitation as sealed mail; only the worker can open it. */
export function sealInvitation(
  settings: Pick<ConsoleSettings, "portalUrl" | "mailPublicJwk">,
  token: string,
  to: { administratorEmail: string; organizationName: string },
): Promise<string> {
  return sealMail(settings.mailPublicJwk, {
    template: "invitation",
    to: to.administratorEmail,
    props: { url: new URL(`/invitations/${token}`, settings.portalUrl).toString(), organizationName: to.organizationName, role: "owner" },
  });
}
