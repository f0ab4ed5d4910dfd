import { readOperatorStanding } from "@leasehold/db/control/operators/read-operator-standing";
import type { OperatorRole } from "@leasehold/domain/operators";
import type { Pool } from "pg";
import { type ConsoleEnv, env } from "../../env.ts";
import { controlPool } from "../database.ts";
import { createAuth } from "./create-auth.ts";
import { identityPool } from "./options.ts";
import { readSession } from "./read-session.ts";

let pool: Pool | undefined;
let current: ReturnType<typeof createAuth> | undefined;

/** The accounts' own login; made at first use. */
export function accountsPool(): Pool {
  pool ??= identityPool(env().CONSOLE_IDENTITY_DATABASE_URL);
  return pool;
}

/** The operators' sign-in, made at first use: importing this needs no settings. */
export function auth(): ReturnType<typeof createAuth> {
  current ??= createAuth(env(), accountsPool(), isActive);
  return current;
}

export interface Operator {
  operatorId: string;
  name: string;
  email: string;
  /** What they may do; nothing before somebody has given them a role. */
  role: OperatorRole | undefined;
  hasSecondFactor: boolean;
  /** Whether they have to set up a second factor before anything else is served. */
  mustEnrol: boolean;
}

const standingOf = (operatorId: string) => readOperatorStanding(controlPool(), operatorId);
const isActive = async (operatorId: string) => (await standingOf(operatorId))?.active !== false;

/** Who is signed in according to the request's cookie, or undefined; also for somebody who was deactivated, whatever session is left. */
export async function operatorOf(headers: Headers): Promise<Operator | undefined> {
  const session = await readSession(auth(), headers);
  if (!session) return undefined;
  const { id: operatorId, name, email, twoFactorEnabled } = session.user;
  const standing = await standingOf(operatorId);
  if (standing?.active === false) return undefined;
  return { operatorId, name, email, role: standing?.role, ...secondFactorOf(env(), twoFactorEnabled) };
}

/** What an operator's second factor comes to under the settings. */
export function secondFactorOf(settings: Pick<ConsoleEnv, "CONSOLE_SECOND_FACTOR">, enabled: boolean | null | undefined) {
  const hasSecondFactor = enabled === true;
  return { hasSecondFactor, mustEnrol: !hasSecondFactor && settings.CONSOLE_SECOND_FACTOR === "required" };
}

/** Whether the operator's session still holds; asking does not prolong it, so that an open page does not keep anybody signed in. */
export async function isSignedIn(headers: Headers, operator: Operator | undefined): Promise<boolean> {
  const session = await readSession(auth(), headers, { prolong: false });
  return session !== null && session.user.id === operator?.operatorId && (await isActive(session.user.id));
}
