import { readOperationEvents } from "@leasehold/db/control/operations/read-operation-events";
import { tracked } from "@trpc/server";
import { z } from "zod";
import { closedOnboardingStates } from "../../lib/onboarding-states.ts";
import { findOnboarding } from "../onboarding/find-onboarding.ts";
import { publicProcedure, router } from "../trpc.ts";

const eventNumber = z.string().regex(/^\d{1,15}$/, "This is not the number of an event.");
const input = z.object({ slug: z.string().max(64).optional() });

export const onboardingRouter = router({
  /** Where the onboarding is that this browser may watch. */
  current: publicProcedure.input(input).query(async ({ ctx, input }) => {
    const found = await findOnboarding(ctx.services, ctx.headers, input.slug);
    const user = await ctx.user();
    return {
      organizationName: found.organizationName,
      slug: found.slug,
      plan: found.plan,
      verified: found.state === "VERIFIED",
      expired:
        found.state === "EXPIRED" ||
        (found.state === "PENDING_VERIFICATION" && found.expiresAt !== undefined && found.expiresAt < new Date()),
      signedIn: user !== undefined,
      inboxUrl: ctx.services.env.MAIL_INBOX_URL ?? null,
      progress: found.progress ?? null,
    };
  }),

  /** Steps as they happen, numbered without a gap. Who asks is checked again before each batch. */
  events: publicProcedure.input(input.extend({ lastEventId: eventNumber.nullish() })).subscription(async function* ({
    ctx,
    input,
    signal,
  }) {
    let after = Number(input.lastEventId ?? 0);
    const { services, headers } = ctx;
    const { progress, signUpId } = await findOnboarding(services, headers, input.slug);
    if (!progress) return;
    const caller = (await ctx.user())?.userId ?? signUpId ?? ctx.ip;
    for await (const _ of services.feed.changes(progress.operationId, caller, signal ?? new AbortController().signal)) {
      const { tenantId } = await findOnboarding(services, headers, input.slug);
      const events = await readOperationEvents(services.control, tenantId, progress.operationId, after);
      for (const event of events) {
        after = event.seq;
        yield tracked(String(event.seq), event);
        if (event.kind === "operation" && closedOnboardingStates.has(event.state)) return;
      }
    }
  }),
});
