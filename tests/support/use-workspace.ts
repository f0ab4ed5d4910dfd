import { randomBytes } from "node:crypto";
import { newId, type TenantId } from "@leasehold/domain/ids";
import type { PlanId } from "@leasehold/domain/plans";
import { publicHalf } from "@leasehold/infra/local/provision/secrets";
import type { Stack } from "@leasehold/infra/local/stack";
import { appUrl, stackEnv } from "@leasehold/infra/local/stack-env";
import type { World } from "./world.ts";

/** The application plane's setting by which it knows the portal's tokens while no portal runs. */
export function issuersWithoutPortal(stack: Stack): Record<string, string> {
  const issuers = JSON.parse(stackEnv(stack, "application").TOKEN_ISSUERS ?? "[]") as { issuer: string }[];
  const portal = { issuer: appUrl(stack, "portal"), jwks: { keys: [publicHalf(stack.secrets.portalTokenKey)] } };
  return { TOKEN_ISSUERS: JSON.stringify(issuers.map((entry) => (entry.issuer === portal.issuer ? portal : entry))) };
}

/** Stores a document as a person of the workspace and reads it back, through the application plane. Throws unless it is the same. */
export async function storeAndReadDocument(world: World, person: { tenantId: TenantId; userId: string; plan: PlanId }): Promise<void> {
  const token = await world.tokenFor(person);
  const base = `${appUrl(world.stack, "application")}/documents`;
  const documentId = newId("document");
  const body = randomBytes(512).toString("base64");
  const authorization = `Bearer ${token}`;
  const stored = await fetch(`${base}/body?${new URLSearchParams({ name: "First.txt", documentId })}`, {
    method: "PUT",
    headers: { authorization, "content-type": "text/plain" },
    body,
    signal: AbortSignal.timeout(20_000),
  });
  const answer = await stored.text();
  if (!stored.ok) throw new Error(`the document was not stored: ${stored.status} ${answer}`);
  const read = await fetch(`${base}/${documentId}/body`, { headers: { authorization }, signal: AbortSignal.timeout(20_000) });
  const text = await read.text();
  if (!read.ok || text !== body) throw new Error(`the document was not read back: ${read.status} ${text.slice(0, 200)}`);
}
