import { readOperationEvents } from "@leasehold/db/control/operations/read-operation-events";
import { tracked } from "@trpc/server";
import { z } from "zod";
import { closedOnboardingStates } from "../../lib/onboarding-states.ts";
import { findOnboarding, progressOf } from "../onboarding/find-onboarding.ts";
import { publicProcedure, router } from "../trpc.ts";

const input = z.object({ slug: z.string().max(64).optional() });

export const onboardingRouter = router({
  /** Where the onboarding is that this browser may watch. */
  current: publicProcedure.input(input).query(async ({ ctx, input }) => {
    const found = await findOnboarding(ctx.services, ctx.headers, input.slug);
    const [progress, user] = await Promise.all([progressOf(ctx.services, found), ctx.user()]);
    return {
      organizationName: found.organizationName,
      slug: found.slug,
      plan: found.plan,
      verified: found.state === "VERIFIED",
      expired: found.state === "PENDING_VERIFICATION" && found.expiresAt !== undefined && found.expiresAt < new Date(),
      signedIn: user !== undefined,
      inboxUrl: ctx.services.env.MAIL_INBOX_URL ?? null,
      progress: progress ?? null,
    };
  }),

  /** Steps as they happen, numbered without a gap. Who asks is checked again before each batch. */
  events: publicProcedure.input(input.extend({ lastEventId: z.string().nullish() })).subscription(async function* ({ ctx, input, signal }) {
    let after = Number(input.lastEventId ?? 0) || 0;
    const { services, headers } = ctx;
    const first = await findOnboarding(services, headers, input.slug);
    const progress = await progressOf(services, first);
    if (!progress) return;
    for await (const _ of services.feed.changes(progress.operationId, signal ?? new AbortController().signal)) {
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
