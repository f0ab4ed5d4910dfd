import { changeHold, type HoldChange } from "@leasehold/db/control/offboarding/change-hold";
import { describeOffboarding } from "@leasehold/db/control/offboarding/describe-offboarding";
import { requestOffboarding } from "@leasehold/db/control/offboarding/request-offboarding";
import { readOperationEvents } from "@leasehold/db/control/operations/read-operation-events";
import { readTenant } from "@leasehold/db/control/tenants/read-tenant";
import { isId, type OperationId } from "@leasehold/domain/ids";
import { hasScope } from "@leasehold/domain/roles";
import type { TenantState } from "@leasehold/domain/tenant-states";
import { tracked } from "@trpc/server";
import { z } from "zod";
import { readSession } from "../context.ts";
import { sealMembers } from "../exports/seal-request.ts";
import { again, requireFreshSignIn } from "../identity/require-fresh-sign-in.ts";
import { describeClosing } from "../offboarding/describe-closing.ts";
import { previewClosing } from "../offboarding/preview-closing.ts";
import { requireMembership, router, tenantProcedure } from "../trpc.ts";

const key = z.object({ idempotencyKey: z.string().min(16).max(100) });
const reason = z.string().trim().max(500).default("");
const operationId = z.custom<OperationId>((value) => isId("operation", value), { error: "This is not the id of a closing." });
const end = z.iso.datetime({ offset: true, error: "Give the end as a time." });
const eventNumber = z.string().regex(/^\d{1,15}$/, "This is not the number of an event.");

const beginning: readonly TenantState[] = ["ACTIVE", "SUSPENDED"];
/** Behind the last instant it is the database that says so, in the same words to everybody. */
const undecided: readonly TenantState[] = ["ACTIVE", "SUSPENDED", "CLOSING", "SHREDDING", "CLOSED"];

const decide = tenantProcedure("tenant:close", { changesIn: undecided, whileShut: true });
const decision = key.extend({ operationId, reason });

/** Letting a workspace go: what owners see of it and decide. */
export const offboardingRouter = router({
  /** What would go, with counts. */
  preview: tenantProcedure("tenant:close").query(({ ctx }) =>
    previewClosing({ services: ctx.services, workspace: ctx.workspace, userId: ctx.signedIn.userId, requestId: ctx.requestId }),
  ),

  request: tenantProcedure("tenant:close", { changesIn: beginning })
    .input(key.extend({ confirmation: z.string().max(100), reason, withExport: z.boolean().default(true), ...again }))
    .mutation(async ({ ctx, input: { confirmation, reason, withExport, idempotencyKey, password, code } }) => {
      const confirmedBy = await requireFreshSignIn(ctx, ctx.signedIn, { password, code });
      const people = withExport ? await sealMembers(ctx.services, ctx.workspace) : undefined;
      const request = { confirmation, confirmedBy, reason, withExport, idempotencyKey, people };
      return requestOffboarding(ctx.services.control, ctx.tenant, request);
    }),

  /** The closing that is under way or was last, for owners; for everybody else that there is one. */
  current: tenantProcedure("tenant:read", { whileShut: true }).query(async ({ ctx }) => {
    const { state, slug, name } = await readTenant(ctx.services.control, ctx.tenant.tenantId);
    const place = { state, slug, name };
    if (!hasScope(ctx.workspace.role, "tenant:close")) return { ...place, closing: null };
    const found = await describeOffboarding(ctx.services.control, ctx.tenant.tenantId);
    // What operators have not agreed on among themselves has not begun.
    const shown = found !== undefined && found.state !== "AWAITING_APPROVAL" && found.state !== "REJECTED";
    return { ...place, closing: shown ? describeClosing(found) : null };
  }),

  /** Steps of a closing as they happen, numbered without a gap. Who asks is looked at again before each batch. */
  events: tenantProcedure("tenant:close", { whileShut: true })
    .input(z.object({ operationId, lastEventId: eventNumber.nullish() }))
    .subscription(async function* ({ ctx, input, signal }) {
      let after = Number(input.lastEventId ?? 0);
      const { services, signedIn, headers } = ctx;
      for await (const _ of services.feed.changes(input.operationId, signedIn.userId, signal ?? new AbortController().signal)) {
        if ((await readSession(services, headers))?.sessionToken !== signedIn.sessionToken) return;
        const { tenantId, role } = await requireMembership(ctx, signedIn.userId, input.slug);
        if (!hasScope(role, "tenant:close")) return;
        for (const event of await readOperationEvents(services.control, tenantId, input.operationId, after)) {
          after = event.seq;
          yield tracked(String(event.seq), event);
        }
      }
    }),

  cancel: decide.input(decision).mutation(({ ctx, input }) => change(ctx, input, { change: "cancel" })),

  extend: decide
    .input(decision.extend({ endsAt: end }))
    .mutation(({ ctx, input }) => change(ctx, input, { change: "extend", endsAt: input.endsAt })),

  /** Asks for an earlier end, or agrees to the one that Leasehold has asked for. */
  shorten: decide.input(decision.extend({ endsAt: end, ...again })).mutation(async ({ ctx, input }) => {
    await requireFreshSignIn(ctx, ctx.signedIn, input);
    return change(ctx, input, { change: "shorten", endsAt: input.endsAt });
  }),

  withdrawShortening: decide.input(decision).mutation(({ ctx, input }) => change(ctx, input, { change: "withdraw-shortening" })),
});

type Deciding = Parameters<Parameters<typeof decide.mutation>[0]>[0]["ctx"];

function change({ services, tenant }: Deciding, { operationId, reason, idempotencyKey }: z.infer<typeof decision>, wanted: HoldChange) {
  return changeHold(services.control, tenant, { ...wanted, operationId, reason, idempotencyKey });
}
