import { setTimeout as sleep } from "node:timers/promises";
import type { DevRun } from "./run-dev.ts";

interface Answer {
  status: number;
  body: string;
  cookie: string;
}

async function post(origin: string, path: string, body: unknown): Promise<Answer> {
  const headers = { "content-type": "application/json", origin };
  const response = await fetch(`${origin}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const cookie = response.headers.getSetCookie().map((each) => String(each.split(";")[0]));
  return { status: response.status, body: await response.text(), cookie: cookie.join("; ") };
}

/** The sign-in that the block prints is tried: it opens the list of tenants, and another password does not. */
export async function signInOperator({ console: origin, operator }: DevRun): Promise<void> {
  const refused = await post(origin, "/api/auth/sign-in/email", { ...operator, password: `${operator.password}-not` });
  if (refused.status !== 401) throw new Error(`a wrong password was answered with ${refused.status}`);
  const { status, cookie } = await post(origin, "/api/auth/sign-in/email", operator);
  if (status !== 200) throw new Error(`the printed sign-in was answered with ${status}`);
  const page = (headers: Record<string, string>) => fetch(`${origin}/tenants`, { headers, redirect: "manual" });
  const [opened, closed] = [await page({ cookie }), await page({})];
  if (opened.status !== 200) throw new Error(`the list of tenants answered the operator with ${opened.status}`);
  if (closed.status === 200 && !(await closed.text()).includes("/sign-in")) throw new Error("the list of tenants is open to everybody");
}

export interface SignedUp {
  slug: string;
  /** Of the link in the mail. */
  token: string;
}

const password = "seven quiet otters cross";

/** A person signs up in the portal: through the control database, the worker and the mail service into the inbox. */
export async function signUp(run: DevRun): Promise<SignedUp> {
  const slug = `proof-${Date.now().toString(36)}`;
  const email = `${slug}@proof.example`;
  const form = { organizationName: "Proof", slug, email, password, plan: "starter", idempotencyKey: crypto.randomUUID() };
  const { status, body } = await post(run.portal, "/api/trpc/signUp.request", { json: form });
  if (status !== 200) throw new Error(`signing up was answered with ${status}: ${body}`);
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(250)) {
    const mails = (await (await fetch(`${run.inbox}/messages?to=${encodeURIComponent(email)}`)).json()) as { BodyText: string }[];
    const token = /verify-email\?token=([\w.-]+)/.exec(mails[0]?.BodyText ?? "")?.[1];
    if (token !== undefined) return { slug, token };
  }
  throw new Error("the mail that confirms an address did not come");
}

/** What was stored by a run is there: the workspace's address is taken. */
export async function assertStillThere(run: DevRun, { slug }: SignedUp): Promise<void> {
  const input = encodeURIComponent(JSON.stringify({ json: { slug } }));
  const answer = await (await fetch(`${run.portal}/api/trpc/signUp.checkSlug?input=${input}`)).text();
  if (!answer.includes('"taken"')) throw new Error(`the sign-up is gone: ${answer}`);
}

/** The link of the mail is followed: the workspace's onboarding begins. */
export async function confirmSignUp(run: DevRun, { token }: SignedUp): Promise<void> {
  const { status, body } = await post(run.portal, "/api/trpc/signUp.confirm", { json: { token, password } });
  if (status !== 200) throw new Error(`confirming the address was answered with ${status}: ${body}`);
}
