import { readUsage } from "@leasehold/db/application/usage/read-usage";
import { z } from "zod";
import { router, tenantProcedure } from "../trpc/init.ts";

const bytes = z.number().int().min(0);
const usage = z.object({
  documents: z.number().int().min(0),
  storedBytes: bytes,
  limits: z.object({ members: z.number().int(), documents: z.number().int(), storageBytes: bytes, documentBytes: bytes }),
});
const requests = z.object({
  requestsToday: z.number().int().min(0),
  requestsPerDay: z.number().int(),
  requestsPerSecond: z.number(),
  burst: z.number(),
  secondsOfDayLeft: z.number(),
  key: z
    .object({ requestsPerSecond: z.number(), burst: z.number(), requestsPerDay: z.number().int() })
    .describe("The most that an API key may ask."),
});

export const usageRouter = router({
  /** Uploads under way count. */
  summary: tenantProcedure("documents:read", {
    method: "GET",
    path: "/usage",
    summary: "Read what is in use, and the limits",
    tag: "Usage",
  })
    .output(usage)
    .query(({ ctx: { kit, app } }) => kit.data.query(app, "read", (tx) => readUsage(tx, app.tenantId))),

  /** As far as processes have told: what they have leased since counts. */
  requests: tenantProcedure("documents:read", {
    method: "GET",
    path: "/usage/requests",
    summary: "Read today's requests, and the rates",
    tag: "Usage",
  })
    .output(requests)
    .query(({ ctx: { kit, app } }) => kit.limits.readUse(app)),
});
