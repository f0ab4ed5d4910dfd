import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assertNode } from "@leasehold/infra/local/assert-node";
import { bringUp } from "@leasehold/infra/local/bring-up";
import { readSettings } from "@leasehold/infra/local/env";
import { chooseFreePorts } from "@leasehold/infra/local/ports";
import { assertPip, findPython } from "@leasehold/infra/local/servers/find-python";
import { installServers } from "@leasehold/infra/local/servers/install-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assertBrowser } from "../support/browser.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leasehold-errors-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function fakePython(name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

const start = async (change: Record<string, string> = {}, ports = chooseFreePorts()) => {
  const dataDir = await mkdtemp(join(folder, "data-"));
  await chmod(folder, 0o755);
  return bringUp({ settings: readSettings({ LEASEHOLD_DATA_DIR: dataDir, ...change }), ports: await ports });
};

describe("a start that cannot succeed says what to do", () => {
  test("when there is no Python", async () => {
    await expect(start({ LEASEHOLD_PYTHON: "/nowhere/python3" })).rejects.toMatchObject({
      code: "PYTHON_MISSING",
      remedy: expect.stringMatching(/apt-get install python3.*LEASEHOLD_PYTHON/),
    });
  });

  test("when Python is too old, or has no pip", async () => {
    const old = await fakePython("python-old", "echo 3.8 cp38-linux-x86_64");
    await expect(start({ LEASEHOLD_PYTHON: old })).rejects.toMatchObject({
      code: "PYTHON_TOO_OLD",
      message: expect.stringContaining("3.8"),
    });
    const bare = await fakePython("python-bare", '[ "$1" = -c ] && echo 3.12 cp312-linux-x86_64 || exit 1');
    expect(() => assertPip(findPython(bare))).toThrow(expect.objectContaining({ code: "PIP_MISSING" }));
  });

  test("when the servers cannot be downloaded, and leaves no half of them behind", async () => {
    const offline = await fakePython(
      "python-offline",
      'case "$*" in *--version*) ;; *install*) echo "ERROR: Could not find a version"; exit 1;; *) echo 3.12 cp312-offline;; esac',
    );
    const cache = join(folder, "cache");
    await mkdir(cache);
    await expect(installServers(cache, findPython(offline), () => undefined)).rejects.toMatchObject({
      code: "DOWNLOAD_FAILED",
      message: expect.stringContaining("Could not find a version"),
      remedy: expect.stringContaining("network"),
    });
    expect(await readdir(cache)).toEqual([]);
  });

  test("when a port is taken: by which process, and which setting moves it", async () => {
    const ports = await chooseFreePorts();
    const taken: Server = createServer();
    await new Promise<void>((resolve) => taken.listen(ports.temporal, "127.0.0.1", resolve));
    try {
      await expect(start({}, Promise.resolve(ports))).rejects.toMatchObject({
        code: "PORT_TAKEN",
        message: expect.stringContaining(`pid ${process.pid}`),
        remedy: expect.stringContaining("LEASEHOLD_TEMPORAL_PORT"),
      });
    } finally {
      taken.close();
    }
  });

  test("when a port is one that browsers refuse", async () => {
    await expect(start({}, Promise.resolve({ ...(await chooseFreePorts()), aws: 6566 }))).rejects.toMatchObject({
      code: "SETTING_INVALID",
      remedy: expect.stringContaining("LEASEHOLD_AWS_PORT"),
    });
  });

  test("when the data is another version's", async () => {
    const dataDir = await mkdtemp(join(folder, "data-"));
    await mkdir(join(dataDir, "postgres"));
    await writeFile(join(dataDir, "postgres/PG_VERSION"), "17\n");
    const settings = readSettings({ LEASEHOLD_DATA_DIR: dataDir });
    await expect(bringUp({ settings, ports: await chooseFreePorts() })).rejects.toMatchObject({
      code: "DATA_VERSION",
      remedy: expect.stringContaining("pnpm reset"),
    });
    await writeFile(join(dataDir, "format.json"), '{"format": 99}');
    await expect(bringUp({ settings, ports: await chooseFreePorts() })).rejects.toMatchObject({
      code: "DATA_VERSION",
      message: expect.stringContaining("99"),
    });
  });

  test("when Node is too old", () => {
    expect(() => assertNode("22.18.0")).toThrow(
      expect.objectContaining({
        code: "NODE_TOO_OLD",
        message: expect.stringContaining("22.18.0"),
        remedy: expect.stringContaining("npx pnpm@12 dev"),
      }),
    );
    expect(() => assertNode()).not.toThrow();
  });

  test("when a server does not come up: its last words, and where its log is", async () => {
    const dataDir = await mkdtemp(join(folder, "data-"));
    await mkdir(join(dataDir, "postgres"));
    await writeFile(join(dataDir, "postgres/PG_VERSION"), "18\n");
    await expect(start({ LEASEHOLD_DATA_DIR: dataDir })).rejects.toMatchObject({
      code: "SERVER_DIED",
      message: expect.stringMatching(/postgres did not come up.*FATAL|postgres did not come up.*postgres: /s),
      remedy: expect.stringContaining("logs/postgres.log"),
    });
  });

  test("when there is no browser for the tests", () => {
    expect(() => assertBrowser(undefined)).toThrow(/no browser.*LEASEHOLD_CHROMIUM.*playwright install chromium/);
    expect(assertBrowser("/usr/bin/chromium")).toBe("/usr/bin/chromium");
  });

  test("when a setting is not valid, by its name", () => {
    expect(() => readSettings({ LEASEHOLD_PORTAL_PORT: "eighty" })).toThrow(
      expect.objectContaining({ code: "SETTING_INVALID", message: expect.stringContaining("LEASEHOLD_PORTAL_PORT") }),
    );
  });
});
