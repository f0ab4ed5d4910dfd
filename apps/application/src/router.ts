import { documentsRouter } from "./documents/router.ts";
import { router } from "./trpc/init.ts";
import { usageRouter } from "./usage/router.ts";
import { verificationRouter } from "./verification/router.ts";

export const appRouter = router({ documents: documentsRouter, usage: usageRouter, verification: verificationRouter });

export type AppRouter = typeof appRouter;
