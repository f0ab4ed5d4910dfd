import { sweepIdentity } from "@leasehold/portal/server/identity/sweep";
import { createOperationFeed, streamsPerCaller } from "@leasehold/portal/server/onboarding/operation-feed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeOf, createPortal, type Portal, password } from "../support/portal-fixtures.ts";

let fixtures: Portal;
let { portal, owner, browser, form, tokenOf, rows, member } = {} as Portal;

beforeAll(async () => {
  fixtures = await createPortal();
  ({ portal, owner, browser, form, tokenOf, rows, member } = fixtures);
});
afterAll(() => fixtures?.[Symbol.asyncDispose]());

describe("what a sign-up lets its browser watch", () => {
  async function ended(hoursAgo: number) {
    const call = browser();
    const input = form({ plan: "enterprise" });
    const { signUpId } = await call((portal) => portal.signUp.request(input));
    await call((portal) => portal.signUp.confirm({ token: tokenOf(signUpId) }));
    await owner.query(
      `UPDATE control.operations SET state = 'REJECTED', finished_at = now() - make_interval(hours => $2)
       WHERE tenant_id = (SELECT tenant_id FROM control.sign_ups WHERE sign_up_id = $1)`,
      [signUpId, hoursAgo],
    );
    return call;
  }

  test("lasts for an hour after its end, with the capability and as the person who verified it", async () => {
    expect(await codeOf((await ended(0))((portal) => portal.onboarding.current({})))).toBe("ok");
    expect(await codeOf((await ended(2))((portal) => portal.onboarding.current({})))).toBe("onboarding-unknown");
  });

  test("is over at sign-out", async () => {
    const call = await ended(0);
    await call((portal) => portal.session.signOut());
    expect(await codeOf(call((portal) => portal.onboarding.current({})))).toBe("onboarding-unknown");
  });

  test("is asked for by numbers of events and by cursors that are some", async () => {
    const { call, slug } = await member("owner");
    for (const lastEventId of ["1e999", "-1", "x", "9".repeat(20)])
      expect(await codeOf(call((portal) => portal.onboarding.events({ lastEventId })))).not.toBe("ok");
    for (const parts of [["no time", "aud_1"], ["2026-02-30T00:00:00Z", "aud_1"], "x"]) {
      const cursor = Buffer.from(JSON.stringify(parts)).toString("base64url");
      expect(["VALIDATION", "time-malformed", "time-out-of-range"]).toContain(
        await codeOf(call((portal) => portal.workspace.audit({ slug, cursor }))),
      );
    }
  });
});

test("one caller keeps so many streams open and no more, and what happens meanwhile wakes each once", async () => {
  const feed = createOperationFeed(portal.env.PORTAL_DATABASE_URL, portal.logger);
  const ending = new AbortController();
  const open = async (caller: string) => {
    const changes = feed.changes("op_x", caller, ending.signal);
    await changes.next();
    return changes;
  };
  const streams = await Promise.all(Array.from({ length: streamsPerCaller }, () => open("one")));
  await expect(open("one")).rejects.toMatchObject({ code: "LIMIT_EXCEEDED", reason: "too-many-streams" });
  await open("another");
  await streams.pop()?.return(undefined);
  await open("one");
  for (let seq = 0; seq < 50; seq += 1) await owner.query("SELECT pg_notify('operation_events', $1)", [`op_x:${seq}`]);
  const woken = await Promise.race([streams[0]?.next(), new Promise((resolve) => setTimeout(resolve, 4_000, "asleep"))]);
  expect(woken).toEqual({ value: undefined, done: false });
  ending.abort();
  expect((await streams[1]?.next())?.done).toBeDefined();
  await feed.close();
});

test("the sweep forgets sign-ups that ran out, ends their rows and frees their addresses", async () => {
  const input = form();
  const { signUpId } = await browser()((call) => call.signUp.request(input));
  const kept = await browser()((call) => call.signUp.request(form()));
  for (const table of ["control.sign_ups", "identity.pending_sign_ups"])
    await owner.query(`UPDATE ${table} SET expires_at = now() - interval '1 minute' WHERE sign_up_id = $1`, [signUpId]);
  await owner.query("UPDATE control.slugs SET reserved_until = now() - interval '1 minute' WHERE slug = $1", [input.slug]);
  await owner.query("INSERT INTO identity.attempts VALUES ('old', 1, now() - interval '2 days')");
  await sweepIdentity(portal);
  expect(await rows("control.sign_ups WHERE sign_up_id = $1 AND state = 'EXPIRED'", [signUpId])).toBe(1);
  expect(await rows("identity.pending_sign_ups WHERE sign_up_id = $1", [signUpId])).toBe(0);
  expect(await rows("control.slugs WHERE slug = $1", [input.slug])).toBe(0);
  expect(await rows("identity.attempts WHERE key = 'old'")).toBe(0);
  expect(await rows("identity.pending_sign_ups WHERE sign_up_id = $1", [kept.signUpId])).toBe(1);
});

test("signing in takes as long for an address without an account as for one with", async () => {
  const { email } = await member("owner");
  const call = browser();
  const time = async (address: string) => {
    const began = performance.now();
    await codeOf(call((portal) => portal.session.signIn({ email: address, password: `${password} not` })));
    return performance.now() - began;
  };
  const known: number[] = [];
  const unknown: number[] = [];
  for (let round = 0; round < 15; round += 1) {
    known.push(await time(email));
    unknown.push(await time(`unknown-${email}`));
  }
  const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  const ratio = median(known) / median(unknown);
  expect(ratio).toBeGreaterThan(0.6);
  expect(ratio).toBeLessThan(1.6);
});
