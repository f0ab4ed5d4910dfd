import { DomainError } from "@leasehold/domain/errors";
import { exportLinkMinutes } from "@leasehold/domain/offboarding/exports";
import { equalSecrets, keyed, sha256 } from "../hmac.ts";

/** Whom a link is for: it opens one export of one tenant to one person, in the session in which it was asked for. */
export interface LinkHolder {
  tenantId: string;
  exportId: string;
  userId: string;
  sessionToken: string;
}

/** What the link carries: its end, and a keyed hash of all that it is bound to. */
export function makeExportLink(secret: string, holder: LinkHolder, now = Date.now()): { link: string; expiresAt: Date } {
  const ends = Math.floor(now / 1_000) + exportLinkMinutes * 60;
  return { link: `${ends}.${macOf(secret, holder, ends)}`, expiresAt: new Date(ends * 1_000) };
}

/** @throws DomainError NOT_FOUND (`link-unknown`) for what was not made for this holder, PRECONDITION_FAILED (`link-expired`) */
export function checkExportLink(secret: string, holder: LinkHolder, link: string | null, now = Date.now()): void {
  const [, ends = "", mac = ""] = /^(\d{1,12})\.([\w-]{43})$/.exec(link ?? "") ?? [];
  if (mac === "" || !equalSecrets(mac, macOf(secret, holder, Number(ends)))) {
    throw new DomainError("NOT_FOUND", "This link is not yours, or of another session. Make a new one on the export's page.", {
      reason: "link-unknown",
    });
  }
  if (Number(ends) * 1_000 > now) return;
  throw new DomainError("PRECONDITION_FAILED", "This link has expired. Make a new one on the export's page.", { reason: "link-expired" });
}

function macOf(secret: string, { tenantId, exportId, userId, sessionToken }: LinkHolder, ends: number): string {
  return keyed(secret, "export-link", [tenantId, exportId, userId, sha256(sessionToken), ends].join("|"));
}
