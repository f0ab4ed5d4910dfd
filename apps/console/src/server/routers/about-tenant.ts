import type { TenantContext } from "@leasehold/domain/context";
import { isId, type TenantId } from "@leasehold/domain/ids";
import { z } from "zod";
import type { Operator } from "../identity/auth.ts";

/** What every decision about a tenant is told: which tenant, why, and a key by which a repetition is known. */
export const ofTenant = z.object({
  tenantId: z.custom<TenantId>((value) => isId("tenant", value), { error: "This is not the id of a tenant." }),
});
export const reason = z.string().trim().min(3, "Say why, in at least three characters.").max(500);
export const explained = ofTenant.extend({ reason });
export const asked = explained.extend({ idempotencyKey: z.string().min(16).max(100) });

/** Who decides about which tenant, for the verbs. */
export const contextOf = ({ operator, requestId }: { operator: Operator; requestId: string }, tenantId: TenantId): TenantContext => ({
  tenantId,
  actor: { type: "operator", operatorId: operator.operatorId },
  requestId,
});
