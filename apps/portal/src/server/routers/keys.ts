import { readTenantKey } from "@leasehold/db/control/keys/read-tenant-key";
import { requestKeyOperation } from "@leasehold/db/control/keys/request-key-operation";
import { readTenant } from "@leasehold/db/control/tenants/read-tenant";
import { customerKeyPolicy } from "@leasehold/domain/keys/custody";
import { poolOfKey } from "@leasehold/domain/keys/epochs";
import { isEntitled } from "@leasehold/domain/plans";
import { z } from "zod";
import { router, tenantProcedure } from "../trpc.ts";

const request = z.object({
  reason: z.string().trim().min(3, "Say why, in at least three characters.").max(500),
  idempotencyKey: z.string().min(16).max(100),
});
const keyArn = z.string().trim().min(1, "Enter the ARN of your key.").max(200);
const manage = tenantProcedure("keys:manage");

/** The workspace's encryption: what everybody may know of it, and what its administrators ask for. */
export const keysRouter = router({
  /** Whether the workspace's key opens it; for every page. */
  state: tenantProcedure("tenant:read").query(async ({ ctx }) => {
    const { custody, state, closedBy, stateSince, lost } = await readTenantKey(ctx.services.control, ctx.tenant.tenantId);
    return { custody, state, closedBy, stateSince, lost };
  }),

  get: manage.query(async ({ ctx }) => {
    const [key, tenant] = await Promise.all([
      readTenantKey(ctx.services.control, ctx.tenant.tenantId),
      readTenant(ctx.services.control, ctx.tenant.tenantId),
    ]);
    const { placement, plan, region, tenantId } = tenant;
    return {
      ...key,
      keyArn: placement === null || poolOfKey(placement.keyArn) !== undefined ? null : placement.keyArn,
      /** The data keys are the workspace's own; what wraps them is Leasehold's, for several workspaces. */
      shared: placement !== null && poolOfKey(placement.keyArn) !== undefined,
      region,
      entitled: isEntitled(plan, "customer-managed-keys"),
      policy: placement === null ? null : JSON.stringify(customerKeyPolicy(tenantId, placement.roleArn), null, 2),
    };
  }),

  rotate: manage
    .input(request)
    .mutation(({ ctx, input: { reason, idempotencyKey } }) =>
      requestKeyOperation(ctx.services.control, ctx.tenant, { action: "rotate", reason, idempotencyKey }),
    ),

  /** Finds out what a key lacks, and changes nothing. */
  tryKey: manage.input(request.omit({ reason: true }).extend({ keyArn })).mutation(({ ctx, input: { keyArn, idempotencyKey } }) =>
    requestKeyOperation(ctx.services.control, ctx.tenant, {
      action: "change",
      keyArn,
      trial: "only",
      reason: "Trial of a key",
      idempotencyKey,
    }),
  ),

  /** To a key of the customer's; without one, back to Leasehold's. */
  change: manage
    .input(request.extend({ keyArn: keyArn.optional() }))
    .mutation(({ ctx, input: { keyArn, reason, idempotencyKey } }) =>
      requestKeyOperation(ctx.services.control, ctx.tenant, { action: "change", keyArn, reason, idempotencyKey }),
    ),
});
