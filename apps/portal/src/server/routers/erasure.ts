import { describeUsers } from "@leasehold/db/control/identity/describe-users";
import { listFormerMembers } from "@leasehold/db/control/members/list-former-members";
import { listErasures } from "@leasehold/db/control/offboarding/erasure/list-erasures";
import { requestErasure } from "@leasehold/db/control/offboarding/erasure/request-erasure";
import { isId } from "@leasehold/domain/ids";
import { erasureChoices } from "@leasehold/domain/offboarding/erasure";
import { z } from "zod";
import { previewPerson } from "../erasure/preview-person.ts";
import { again, requireFreshSignIn } from "../identity/require-fresh-sign-in.ts";
import type { Services } from "../services.ts";
import { router, tenantProcedure } from "../trpc.ts";

const userId = z.custom<string>((value) => isId("user", value), { error: "This is not the id of a person." });
const request = z.object({ documents: z.enum(erasureChoices), idempotencyKey: z.string().min(16).max(100), ...again });
const changesIn = ["ACTIVE", "CLOSING"] as const;

/** The erasure of one person: an owner asks for it, or the person themselves. What becomes of documents is the owner's to say. */
export const erasureRouter = router({
  /** What an erasure would find and what stands against it. */
  preview: tenantProcedure("members:erase")
    .input(z.object({ userId }))
    .query(async ({ ctx, input }) => {
      const email = await addressOf(ctx.services, input.userId);
      return previewPerson({ ...ctx, askedBy: ctx.signedIn.userId }, { userId: input.userId, email });
    }),

  /** The same of whoever asks. */
  previewOwn: tenantProcedure("tenant:read").query(async ({ ctx }) => {
    const { userId } = ctx.signedIn;
    return previewPerson({ ...ctx, askedBy: userId }, { userId, email: await addressOf(ctx.services, userId) });
  }),

  /** People who are not members any more and could be erased; of an account that is gone there is no name. */
  former: tenantProcedure("members:erase").query(async ({ ctx }) => {
    const former = await listFormerMembers(ctx.services.control, ctx.tenant.tenantId);
    const people = await describeUsers(
      ctx.services.identity,
      former.map(({ userId }) => userId),
    );
    return former.map((person) => ({ ...person, name: people.get(person.userId)?.name, email: people.get(person.userId)?.email }));
  }),

  /** Erasures of this workspace, newest first: pseudonyms, states, certificates. */
  list: tenantProcedure("members:erase").query(({ ctx }) => listErasures(ctx.services.control, ctx.tenant.tenantId)),

  request: tenantProcedure("members:erase", { changesIn })
    .input(request.extend({ userId }))
    .mutation(async ({ ctx, input: { password, code, ...asked } }) => {
      await requireFreshSignIn(ctx, ctx.signedIn, { password, code });
      const email = await addressOf(ctx.services, asked.userId);
      return requestErasure(ctx.services.control, ctx.tenant, { ...asked, email });
    }),

  /** By the person themselves. Their documents stay with the workspace, without their name. */
  requestOwn: tenantProcedure("tenant:read", { changesIn })
    .input(request.omit({ documents: true }))
    .mutation(async ({ ctx, input: { password, code, idempotencyKey } }) => {
      await requireFreshSignIn(ctx, ctx.signedIn, { password, code });
      const { userId } = ctx.signedIn;
      const email = await addressOf(ctx.services, userId);
      return requestErasure(ctx.services.control, ctx.tenant, { userId, documents: "keep", idempotencyKey, email });
    }),
});

async function addressOf({ identity }: Services, userId: string): Promise<string | undefined> {
  return (await describeUsers(identity, [userId])).get(userId)?.email.toLowerCase();
}
