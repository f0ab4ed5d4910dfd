import { describeUsers } from "@leasehold/db/control/identity/describe-users";
import { apiKeyBounds } from "@leasehold/domain/api-keys";
import { apiKeyScopes } from "@leasehold/domain/roles";
import { z } from "zod";
import { applicationClient, callApplication } from "../application/client.ts";
import { router, tenantProcedure } from "../trpc.ts";

const manage = tenantProcedure("api-keys:manage").use(({ ctx, next }) =>
  next({ ctx: { ...ctx, application: applicationClient(ctx.services, ctx.workspace, ctx.signedIn.userId, ctx.requestId) } }),
);

const rate = z
  .object({
    requestsPerSecond: z.number({ error: "Enter a number." }).min(apiKeyBounds.leastPerSecond, `At least ${apiKeyBounds.leastPerSecond}.`),
    burst: z.number({ error: "Enter a number." }).int("Enter a whole number.").min(1, "At least 1."),
    requestsPerDay: z.number({ error: "Enter a number." }).int("Enter a whole number.").min(1, "At least 1.").optional(),
  })
  .nullable();

const newKey = z.object({
  name: z.string().trim().min(1, "Enter a name.").max(apiKeyBounds.nameLength, `Use at most ${apiKeyBounds.nameLength} characters.`),
  scopes: z.array(z.enum(apiKeyScopes)).min(1, "Choose what the key may do."),
  expiresInDays: z.number().int().min(1).max(apiKeyBounds.longestDays),
  rate,
  /** Made by the page, so that sending the form twice makes one key. */
  idempotencyKey: z.uuid(),
});

/** Keys of the workspace's own programs: the application plane keeps them, the portal knows who made them. */
export const apiKeysRouter = router({
  list: manage.query(async ({ ctx }) => {
    const keys = await callApplication(ctx.application.apiKeys.list.query());
    const makers = await describeUsers(
      ctx.services.identity,
      keys.map(({ createdBy }) => userIdOf(createdBy)),
    );
    return keys.map((key) => ({ ...key, maker: makers.get(userIdOf(key.createdBy))?.name ?? "Former account" }));
  }),
  create: manage
    .input(newKey)
    .mutation(({ ctx, input: { slug: _, idempotencyKey, ...input } }) =>
      callApplication(ctx.application.apiKeys.create.mutate(input, { context: { idempotencyKey } })),
    ),
  change: manage
    .input(z.object({ keyId: z.string().max(40), rate }))
    .mutation(({ ctx, input: { keyId, rate } }) => callApplication(ctx.application.apiKeys.change.mutate({ keyId, rate }))),
  revoke: manage
    .input(z.object({ keyId: z.string().max(40) }))
    .mutation(({ ctx, input: { keyId } }) => callApplication(ctx.application.apiKeys.revoke.mutate({ keyId }))),
});

function userIdOf(actor: string): string {
  return actor.replace(/^user:/, "");
}
