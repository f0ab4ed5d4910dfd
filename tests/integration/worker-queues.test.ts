import { createPool } from "@leasehold/db/client";
import { dispatchCommands } from "@leasehold/db/control/commands/dispatch-commands";
import { claimMail } from "@leasehold/db/control/mail/claim-mail";
import { endMail, markMailSent } from "@leasehold/db/control/mail/settle-mail";
import { newId } from "@leasehold/domain/ids";
import { postpone } from "@leasehold/worker/commands/postpone";
import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";
import { seedTenant } from "../support/seed-tenant.ts";

let databases: TestDatabases;
let worker: pg.Pool;
beforeAll(async () => {
  databases = await createTestDatabases();
  worker = createPool(databases.urlOf("control", "worker"));
  await seedTenant(databases, newId("tenant"));
});
afterAll(async () => {
  await worker.end();
  await databases[Symbol.asyncDispose]();
});

test("a command that was postponed is not claimed before it is due", async () => {
  expect(await dispatchCommands(worker, 10, async () => ({ outcome: "postponed", delaySeconds: 3_600 }))).toEqual({
    claimed: 1,
    postponed: 1,
  });
  expect(await dispatchCommands(worker, 10, async () => ({ outcome: "dispatched" }))).toEqual({ claimed: 0, postponed: 0 });
});

test("delays of a command grow, and end with a refusal that says why", () => {
  const outcomes = Array.from({ length: 300 }, (_, attempts) => postpone({ attempts }));
  const delays = outcomes.flatMap((each) => (each.outcome === "postponed" ? [each.delaySeconds] : []));
  expect(delays).toEqual(delays.toSorted((a, b) => a - b));
  expect(delays.reduce((sum, delay) => sum + delay, 0)).toBeGreaterThan(12 * 3_600);
  expect(outcomes.at(-1)).toMatchObject({ outcome: "refused", refusal: expect.stringContaining("300 attempts") });
});

test("a mail that will never be sent ends without its content", async () => {
  const [mail] = await claimMail(worker, 1);
  await endMail(worker, mail?.mailId ?? "", "MessageRejected");
  await markMailSent(worker, mail?.mailId ?? "");
  const rows = await databases.query("control", "select sealed, sent_at, failed_at, last_error from control.mail_outbox");
  expect(rows).toEqual([{ sealed: null, sent_at: null, failed_at: expect.any(Date), last_error: "MessageRejected" }]);
  await databases.query("control", "update control.mail_outbox set next_attempt_at = now()");
  expect(await claimMail(worker, 1)).toEqual([]);
});
