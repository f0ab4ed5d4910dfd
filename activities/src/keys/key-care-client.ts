import type { AppRouter } from "@leasehold/application/router";
import type { TRPCClient } from "@trpc/client";
import { type ApplicationCaller, type ApplicationNeeds, callApplication } from "../operations/application-client.ts";

/** Milliseconds: a page of bodies takes the application plane a few seconds, one large body more. */
const callMs = 60_000;

export type KeyCareNeeds = ApplicationNeeds;
export type KeyCareCaller = ApplicationCaller;
export type KeyCareClient = TRPCClient<AppRouter>["keys"];

/** Asks the application plane to look after a tenant's keys. Throws as `callApplication` does. */
export function callKeyCare<T>(
  needs: KeyCareNeeds,
  caller: KeyCareCaller,
  ask: (keys: KeyCareClient, options: { signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  return callApplication(needs, caller, { scope: "key-care", callMs }, (client, options) => ask(client.keys, options));
}
