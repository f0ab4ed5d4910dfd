import { listUnreadableForOperators } from "@leasehold/db/control/keys/list-unreadable-for-operators";
import { requestKeyOperation } from "@leasehold/db/control/keys/request-key-operation";
import { listGivenUpMail } from "@leasehold/db/control/mail/list-given-up-mail";
import { resendMail } from "@leasehold/db/control/mail/resend-mail";
import { decideApproval } from "@leasehold/db/control/onboarding/decide-approval";
import { listAttention } from "@leasehold/db/control/operations/list-attention";
import { listOperations } from "@leasehold/db/control/operations/list-operations";
import { readOperationEvents } from "@leasehold/db/control/operations/read-operation-events";
import { requestIntervention } from "@leasehold/db/control/operations/request-intervention";
import { actorRef } from "@leasehold/domain/context";
import { DomainError } from "@leasehold/domain/errors";
import { isId } from "@leasehold/domain/ids";
import { tracked } from "@trpc/server";
import { z } from "zod";
import type { Operator } from "../identity/auth.ts";
import { authorisedChanges } from "../live/authorised-changes.ts";
import { router, scopedProcedure } from "../trpc.ts";

const operationInput = z.object({ tenantId: z.string().max(40), operationId: z.string().max(40) });
const decision = operationInput.extend({
  reason: z.string().trim().min(3, "Say why, in at least three characters.").max(500),
  idempotencyKey: z.string().min(16).max(100),
});

/** Whether an operator asked for something themselves: somebody else has to agree to it then. */
const isOwn = ({ operatorId }: Operator, requestedBy: string) => requestedBy === actorRef({ type: "operator", operatorId });

export const operationsRouter = router({
  ofTenant: scopedProcedure("tenants:read")
    .input(z.object({ tenantId: z.string().max(40) }))
    .query(async ({ ctx, input }) => {
      const operations = await listOperations(ctx.pool, input.tenantId);
      const { temporalUiUrl, temporalNamespace } = ctx.settings;
      const runs = `${temporalUiUrl.replace(/\/$/, "")}/namespaces/${encodeURIComponent(temporalNamespace)}/workflows/`;
      return operations.map((operation) => ({
        ...operation,
        runUrl: `${runs}${encodeURIComponent(operation.workflowId)}`,
        ownRequest: isOwn(ctx.operator, operation.requestedBy),
      }));
    }),

  attention: scopedProcedure("tenants:read").query(async ({ ctx }) => {
    const items = await listAttention(ctx.pool);
    return items.map((item) => ({ ...item, ownRequest: isOwn(ctx.operator, item.requestedBy) }));
  }),

  /** Mails to owners that will never be written, of all tenants. */
  givenUpMail: scopedProcedure("tenants:read").query(({ ctx }) => listGivenUpMail(ctx.pool)),

  /** One of them once more, when what stood in its way is mended. */
  resendMail: scopedProcedure("operations:run")
    .input(z.object({ tenantId: z.string().max(40), requestKey: z.string().max(300) }))
    .mutation(({ ctx, input: { tenantId, requestKey } }) => {
      if (!isId("tenant", tenantId)) throw new DomainError("NOT_FOUND", "There is no such mail.", { field: "requestKey" });
      const actor = { type: "operator" as const, operatorId: ctx.operator.operatorId };
      return resendMail(ctx.pool, { tenantId, actor, requestId: ctx.requestId }, requestKey);
    }),

  /** Tenants with wrapped keys that do not open. */
  unreadableKeys: scopedProcedure("tenants:read").query(async ({ ctx }) => {
    const found = await listUnreadableForOperators(ctx.pool);
    return found.map(({ loss, ...keys }) => ({
      ...keys,
      loss: loss && { lossId: loss.lossId, reason: loss.reason, agreed: loss.agreed, ownRequest: isOwn(ctx.operator, loss.requestedBy) },
    }));
  }),

  intervene: scopedProcedure("operations:run")
    .input(decision.extend({ action: z.enum(["retry-step", "roll-back"]), step: z.string().max(60) }))
    .mutation(({ ctx, input }) =>
      requestIntervention(ctx.pool, { ...input, operatorId: ctx.operator.operatorId, requestId: ctx.requestId }),
    ),

  /** A new data key for a tenant, and everything encrypted anew. */
  rotateKey: scopedProcedure("operations:run")
    .input(decision.omit({ operationId: true }))
    .mutation(({ ctx, input }) => {
      const { reason, idempotencyKey } = input;
      if (!isId("tenant", input.tenantId)) throw new DomainError("NOT_FOUND", "There is no tenant with this id.", { field: "tenantId" });
      const actor = { type: "operator" as const, operatorId: ctx.operator.operatorId };
      const context = { tenantId: input.tenantId, actor, requestId: ctx.requestId };
      return requestKeyOperation(ctx.pool, context, { action: "rotate", reason, idempotencyKey });
    }),

  decide: scopedProcedure("tenants:onboard")
    .input(decision.extend({ decision: z.enum(["approve", "reject"]) }))
    .mutation(({ ctx, input }) => decideApproval(ctx.pool, { ...input, operatorId: ctx.operator.operatorId, requestId: ctx.requestId })),

  /** The events of one operation from a number on, then each as it happens; a reader that comes back misses none. */
  follow: scopedProcedure("tenants:read")
    .input(operationInput.extend({ lastEventId: z.coerce.number().int().min(0).nullish() }))
    .subscription(async function* ({ ctx, input, signal }) {
      let seq = input.lastEventId ?? 0;
      for await (const _ of authorisedChanges(ctx, input.operationId, signal)) {
        for (const event of await readOperationEvents(ctx.pool, input.tenantId, input.operationId, seq)) {
          seq = event.seq;
          yield tracked(String(event.seq), event);
        }
      }
    }),

  /** Says that something happened in some operation, at most once a second; lists then read themselves anew. */
  activity: scopedProcedure("tenants:read").subscription(async function* ({ ctx, signal }) {
    let told = 0;
    for await (const wake of authorisedChanges(ctx, undefined, signal)) {
      if (wake !== "news") continue;
      const wait = told + 1_000 - Date.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      told = Date.now();
      yield { at: told };
    }
  }),
});
