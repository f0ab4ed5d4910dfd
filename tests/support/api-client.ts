import { newId } from "@leasehold/domain/ids";
import type { ApiKeyView } from "../../apps/application/src/api-keys/api-key-view.ts";
import type { ApplicationTenant, ApplicationWorld } from "./application-world.ts";

export interface RestAnswer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks into
  body: any;
  text: string;
}

/** The REST interface, as a program with a key has it. */
export type RestClient = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<RestAnswer>;

export function restClient(url: string, credential: string): RestClient {
  return async (method, path, body, headers = {}) => {
    const changes: Record<string, string> = method === "GET" ? {} : { "idempotency-key": newId("event") };
    const content: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${credential}`, ...changes, ...content, ...headers },
      body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    const isJson = answer.headers.get("content-type")?.includes("json") && text !== "";
    return { status: answer.status, headers: answer.headers, text, body: isJson ? JSON.parse(text) : undefined };
  };
}

/** A key of the tenant's, made by an owner. */
export async function makeApiKey(
  app: ApplicationWorld,
  tenant: ApplicationTenant,
  options: { name?: string; scopes?: ApiKeyView["scopes"]; expiresInDays?: number } = {},
): Promise<{ key: string; keyId: string }> {
  const { name = "Nightly sync", scopes = ["documents:read", "documents:write"], expiresInDays = 30 } = options;
  const made = await (await app.as(tenant, "owner")).trpc.apiKeys.create.mutate({ name, scopes, expiresInDays });
  if (made.key === null) throw new Error("the key's text was not shown");
  return { key: made.key, keyId: made.keyId };
}
