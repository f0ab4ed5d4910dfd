import { z } from "zod";
import { keyCareProcedure, router } from "../trpc/init.ts";
import { lastPart, reencryptPage } from "./reencrypt-page.ts";

const keyArn = z.string().regex(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/);
/** Where the tenant has no KMS key of its own, the epoch of its pool. */
const keyRef = keyArn.or(z.string().regex(/^epoch:[a-z][a-z0-9-]{0,30}$/));
const cursor = z.object({ part: z.number().int().min(0).max(lastPart), after: z.string().max(60) });

/** What the worker has done to a tenant's keys, with the tenant's own credentials: it never holds a data key itself. */
export const keysRouter = router({
  /** Whether the tenant's key opens now, past every lease. */
  check: keyCareProcedure.mutation(async ({ ctx: { kit, app } }) => {
    await kit.keys.check(app);
  }),

  /** Which actions the tenant's credentials are refused on a key. */
  tryKey: keyCareProcedure
    .input(z.object({ keyArn, wrapped: z.base64().max(4_096).optional() }))
    .mutation(async ({ ctx: { kit, app }, input }) => ({
      refused: await kit.keyCare.tryKey(app, input.keyArn, input.wrapped === undefined ? undefined : Buffer.from(input.wrapped, "base64")),
    })),

  /** The tenant's data keys, wrapped under another key as well. */
  rewrap: keyCareProcedure.input(z.object({ keyArn: keyRef })).mutation(async ({ ctx: { kit, app }, input }) => {
    const keys = await kit.keyCare.rewrap(app, input.keyArn);
    return keys.map((key) => ({ ...key, from: key.from.toString("base64"), wrapped: key.wrapped.toString("base64") }));
  }),

  /** Encrypts a page of what is stored anew. Without a cursor in the answer there is no more. */
  reencrypt: keyCareProcedure
    .input(z.object({ version: z.number().int().positive(), cursor: cursor.optional() }))
    .mutation(({ ctx: { kit, app, log }, input }) => reencryptPage(kit, app, log, input)),
});
