import { z } from "zod";
import { router, verificationProcedure } from "../trpc/init.ts";
import { runVerification } from "./run-verification.ts";

const canary = z.object({
  tenantId: z.string().min(1),
  documentId: z.string().min(1),
  bucket: z.string().min(1),
  objectKey: z.string().min(1),
  keyArn: z.string().min(1),
});

export const verificationRouter = router({
  run: verificationProcedure
    .input(z.object({ canary }))
    .mutation(({ ctx: { kit, app, log }, input }) => runVerification(kit, app, log, input.canary)),
});
