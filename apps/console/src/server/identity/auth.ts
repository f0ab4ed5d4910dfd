import { env } from "../../env.ts";
import { createAuth } from "./create-auth.ts";
import { identityPool } from "./options.ts";

let current: ReturnType<typeof createAuth> | undefined;

/** The operators' sign-in, made at first use: importing this needs no settings. */
export function auth(): ReturnType<typeof createAuth> {
  current ??= createAuth(env(), identityPool(env().CONSOLE_IDENTITY_DATABASE_URL));
  return current;
}

export interface Operator {
  operatorId: string;
  name: string;
  email: string;
}

/** Who is signed in according to the request's cookie, or undefined. */
export async function operatorOf(headers: Headers): Promise<Operator | undefined> {
  const session = await auth().api.getSession({ headers });
  return session ? { operatorId: session.user.id, name: session.user.name, email: session.user.email } : undefined;
}

/** Whether the operator's session still holds; asking does not prolong it, so that an open page does not keep anybody signed in. */
export async function isSignedIn(headers: Headers, operator: Operator | undefined): Promise<boolean> {
  const session = await auth().api.getSession({ headers, query: { disableRefresh: true, disableCookieCache: true } });
  return session !== null && session.user.id === operator?.operatorId;
}
