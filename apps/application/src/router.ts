import { apiKeysRouter } from "./api-keys/router.ts";
import { auditRouter } from "./audit/router.ts";
import { documentsRouter } from "./documents/router.ts";
import { erasureRouter } from "./erasure/router.ts";
import { exportsRouter } from "./exports/router.ts";
import { keysRouter } from "./keys/router.ts";
import { router } from "./trpc/init.ts";
import { usageRouter } from "./usage/router.ts";
import { verificationRouter } from "./verification/router.ts";

export const appRouter = router({
  audit: auditRouter,
  documents: documentsRouter,
  usage: usageRouter,
  apiKeys: apiKeysRouter,
  keys: keysRouter,
  erasure: erasureRouter,
  exports: exportsRouter,
  verification: verificationRouter,
});

export type AppRouter = typeof appRouter;
