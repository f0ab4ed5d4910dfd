import { setTimeout as sleep } from "node:timers/promises";
import { createPool, withConnection } from "@leasehold/db/client";
import { listen } from "@leasehold/db/control/listen";
import { createOperationFeed } from "@leasehold/db/control/operations/operation-feed";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";

let databases: TestDatabases;
let url: string;
beforeAll(async () => {
  databases = await createTestDatabases();
  url = databases.urlOf("control", "operator");
});
afterAll(() => databases[Symbol.asyncDispose]());

const notify = (channel: string, payload: string) => databases.query("control", "select pg_notify($1, $2)", [channel, payload]);
const connections = async (name: string) =>
  (await databases.query<{ pid: number }>("control", "select pid from pg_stat_activity where application_name = $1", [name])).map(
    ({ pid }) => pid,
  );
const kill = (name: string) =>
  withConnection(databases.server.adminUrl, (admin) =>
    admin.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1", [name]),
  );

describe("listening", () => {
  test("hears its channels, and again after its connection was lost, over one connection at a time", async () => {
    const heard: string[] = [];
    let times = 0;
    const listening = listen(url, {
      channels: ["one", "two"],
      applicationName: "listen-lost",
      onNotification: (channel, payload) => heard.push(`${channel}:${payload}`),
      onListening: () => {
        times += 1;
      },
    });
    await expect.poll(() => times).toBe(1);
    await notify("one", "a");
    await notify("three", "b");
    await notify("two", "c");
    await expect.poll(() => heard).toEqual(["one:a", "two:c"]);
    for (let lost = 1; lost <= 3; lost += 1) {
      await kill("listen-lost");
      await expect.poll(() => times, { timeout: 10_000 }).toBe(lost + 1);
      expect(await connections("listen-lost")).toHaveLength(1);
    }
    await notify("one", "d");
    await expect.poll(() => heard.at(-1)).toBe("one:d");
    expect(listening.listening).toBe(true);
    await listening.close();
    expect(listening.listening).toBe(false);
    await expect.poll(() => connections("listen-lost")).toEqual([]);
  });

  test("tries again with a growing delay where there is no server, says why, and can be closed meanwhile", async () => {
    const errors: number[] = [];
    const listening = listen("postgres://nobody@127.0.0.1:9/none", {
      channels: ["one"],
      applicationName: "listen-none",
      onNotification: () => {},
      onError: () => errors.push(Date.now()),
    });
    await sleep(1_500);
    await listening.close();
    expect(errors.length).toBeGreaterThanOrEqual(2);
    expect(errors.length).toBeLessThanOrEqual(4);
  });
});

describe("the feed of operations", () => {
  test("begins at once, tells of its operation alone, and sweeps", async () => {
    const feed = createOperationFeed(url, { applicationName: "feed-test", sweepMs: 300 });
    const stop = new AbortController();
    const wakes: string[] = [];
    const reading = (async () => {
      for await (const wake of feed.changes("op_1", stop.signal)) wakes.push(wake);
    })();
    await expect.poll(() => wakes).toEqual(expect.arrayContaining(["begin", "news", "sweep"]));
    const news = () => wakes.filter((wake) => wake === "news").length;
    const before = news();
    await notify("operation_events", "op_2:1");
    await notify("operation_events", "op_1:1");
    await expect.poll(news).toBe(before + 1);
    stop.abort();
    await reading;
    await feed.close();
    await expect.poll(() => connections("feed-test")).toEqual([]);
  });
});

test("a pool with a search path finds unqualified names there, and has the timeouts of the others", async () => {
  const pool = createPool(databases.urlOf("control", "console_identity"), { searchPath: "console_identity" });
  try {
    expect((await pool.query("select from operators")).rows).toEqual([]);
    expect((await pool.query("show statement_timeout")).rows).toEqual([{ statement_timeout: "15s" }]);
  } finally {
    await pool.end();
  }
});
