import { createPool, withConnection } from "@leasehold/db/client";
import { Connection } from "@temporalio/client";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type PostgresProxy, parameter, startPostgresProxy } from "../support/faults/postgres-proxy.ts";
import { startTcpProxy, type TcpProxy } from "../support/faults/tcp-proxy.ts";
import { createWorld, type World } from "../support/world.ts";

let world: World;
let postgres: PostgresProxy;
let temporal: TcpProxy;
let url: string;
const rows = () => withConnection(world.ownerUrl("control"), async (client) => (await client.query("select n from pieces")).rowCount);

beforeAll(async () => {
  world = await createWorld();
  const { ports } = world.stack;
  postgres = await startPostgresProxy({ host: "127.0.0.1", port: ports.postgres });
  temporal = await startTcpProxy({ host: "127.0.0.1", port: ports.temporal });
  url = postgres.through(world.ownerUrl("control"));
  await withConnection(url, (client) => client.query("create table pieces (n integer)"));
}, 120_000);
afterEach(() => postgres.clear());
afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]();
  await temporal?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});

const insert = (n: number) => withConnection(url, (client) => client.query("insert into pieces values ($1)", [n]));

describe("the fault layer before Postgres", () => {
  it("cuts the connection before a statement, or after the server carried it out", async () => {
    postgres.inject({ statement: /insert into pieces/, mode: "cut", times: 1 });
    await expect(insert(1)).rejects.toThrow(/terminated|ECONNRESET/);
    expect(await rows()).toBe(0);
    postgres.inject({ statement: /insert into pieces/, mode: "lost-answer", times: 1 });
    await expect(insert(2)).rejects.toThrow(/terminated|ECONNRESET/);
    expect(await rows()).toBe(1);
    await insert(3);
    expect(await rows()).toBe(2);
  });

  it("loses the answer to the COMMIT of one transaction, and to no other", async () => {
    const before = (await rows()) ?? 0;
    const pool = createPool(url);
    const write = async (n: number) => {
      const client = await pool.connect();
      client.on("error", () => {});
      try {
        await client.query("begin");
        await client.query({ name: "add", text: "insert into pieces values ($1)", values: [n] });
        await client.query("commit");
      } finally {
        client.release(true);
      }
    };
    const fault = postgres.inject({ statement: /commit/i, within: [parameter("777")], mode: "lost-answer" });
    await write(776);
    await expect(write(777)).rejects.toThrow(/terminated|ECONNRESET/);
    expect([await rows(), fault.hits()]).toEqual([before + 2, 1]);
    await pool.end();
  });

  it("refuses one statement as the server would, inside of a pipelined transaction too", async () => {
    const before = await rows();
    postgres.inject({ statement: /insert into pieces/, mode: "refuse", sqlState: "42501", times: 1 });
    const pool = createPool(url, { max: 1 });
    const client = await pool.connect();
    const all = await Promise.allSettled(["begin", "insert into pieces values (9)", "commit"].map((text) => client.query(text)));
    expect(all[1]).toMatchObject({ status: "rejected", reason: { code: "42501" } });
    expect(all[2]).toMatchObject({ value: { command: "ROLLBACK" } });
    client.release();
    expect(await rows()).toBe(before);
    await pool.query("insert into pieces values (10)");
    await pool.end();
  });

  it("holds a statement back until the fault is lifted", async () => {
    const before = await rows();
    const hang = postgres.inject({ statement: /insert into pieces/, mode: "hang", times: 1 });
    setTimeout(() => hang.lift(), 200);
    await expect(insert(11)).rejects.toThrow(/terminated|ECONNRESET/);
    expect(await rows()).toBe(before);
  });

  it("sends a paused statement late", async () => {
    const before = (await rows()) ?? 0;
    const pause = postgres.inject({ statement: /insert into pieces/, mode: "pause", times: 1 });
    const late = insert(13);
    await expect.poll(() => pause.hits()).toBe(1);
    expect(await rows()).toBe(before);
    pause.lift();
    await late;
    expect(await rows()).toBe(before + 1);
  });

  it("turns everybody away, and lets them in again", async () => {
    postgres.let(false);
    await expect(insert(12)).rejects.toThrow();
    postgres.let(true);
    await insert(12);
  });
});

describe("the fault layer before Temporal", () => {
  it("passes, swallows, slows and resets", async () => {
    const connection = await Connection.connect({ address: `127.0.0.1:${temporal.port}` });
    const ask = (ms: number) => connection.withDeadline(Date.now() + ms, () => connection.workflowService.getSystemInfo({}));
    await ask(2_000);
    temporal.set({ latencyMs: 100 });
    const started = Date.now();
    await ask(2_000);
    expect(Date.now() - started).toBeGreaterThan(150);
    temporal.set("blackhole");
    await expect(ask(300)).rejects.toThrow(/DEADLINE/);
    temporal.set("pass");
    await expect
      .poll(
        () =>
          ask(2_000).then(
            () => true,
            () => false,
          ),
        { timeout: 5_000 },
      )
      .toBe(true);
    temporal.set("reset");
    await expect(ask(1_000)).rejects.toThrow();
    expect(temporal.connections()).toBe(0);
    temporal.set("pass");
    await expect
      .poll(
        () =>
          ask(2_000).then(
            () => true,
            () => false,
          ),
        { timeout: 10_000 },
      )
      .toBe(true);
    await connection.close();
  });
});
