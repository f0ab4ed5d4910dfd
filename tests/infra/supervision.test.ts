import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IAMClient, ListAccessKeysCommand } from "@aws-sdk/client-iam";
import { CreateKeyCommand, DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DeleteEmailIdentityCommand, GetEmailIdentityCommand, SESv2Client } from "@aws-sdk/client-sesv2";
import { withConnection, withDatabase } from "@leasehold/db/client";
import { newId } from "@leasehold/domain/ids";
import { bringUp } from "@leasehold/infra/local/bring-up";
import { readSettings } from "@leasehold/infra/local/env";
import { chooseFreePorts } from "@leasehold/infra/local/ports";
import { isAlive, type ProcessRef, refOf } from "@leasehold/infra/local/processes/process-ref";
import { waitForExit } from "@leasehold/infra/local/processes/stop-process";
import type { Stack } from "@leasehold/infra/local/stack";
import { failureIn, pathsIn, type RunStatus, readJson, registerOwner, type ServerName } from "@leasehold/infra/local/supervision/files";
import { leaveServers } from "@leasehold/infra/local/supervision/leave-servers";
import { stopServers } from "@leasehold/infra/local/supervision/stop-servers";
import { Client, Connection } from "@temporalio/client";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

let dataDir: string;
let ports: Awaited<ReturnType<typeof chooseFreePorts>>;
const processes: ChildProcess[] = [];

function startSleeper(): ProcessRef {
  const child = spawn("sleep", ["600"], { detached: true, stdio: "ignore" });
  processes.push(child);
  const ref = refOf(child.pid ?? 0);
  if (ref === undefined) throw new Error("sleep did not start");
  return ref;
}

const start = (owner: ProcessRef) =>
  bringUp({ settings: readSettings({ LEASEHOLD_DATA_DIR: dataDir, LOG_LEVEL: "warn" }), ports, owner: { owner } });
const status = () => readJson<RunStatus>(pathsIn(dataDir).status) as RunStatus;
const serverOf = (name: ServerName) => status().servers[name] as ProcessRef;
const kmsOf = ({ aws }: Stack) => new KMSClient({ endpoint: aws.endpoint, region: aws.region, credentials: { ...aws.root } });
const s3Of = ({ aws }: Stack) =>
  new S3Client({ endpoint: aws.endpoint, region: aws.region, credentials: { ...aws.root }, forcePathStyle: true });
const sesOf = ({ aws }: Stack) => new SESv2Client({ endpoint: aws.endpoint, region: aws.region, credentials: { ...aws.root } });
const object = ({ aws }: Stack) => ({ Bucket: aws.poolBucket, Key: "kept" });
const readObject = async (stack: Stack) => (await s3Of(stack).send(new GetObjectCommand(object(stack)))).Body?.transformToString();
async function keysOfWorker({ aws }: Stack) {
  const iam = new IAMClient({ endpoint: aws.endpoint, region: aws.region, credentials: { ...aws.root } });
  const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName: "leasehold-worker" }));
  return AccessKeyMetadata?.map((key) => key.AccessKeyId);
}
async function withTemporal<T>(stack: Stack, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: stack.temporal.address });
  return work(new Client({ connection })).finally(() => connection.close());
}
const note = (stack: Stack, text: string) =>
  withConnection(stack.database.adminUrl, (client) => client.query(`create table if not exists kept as select '${text}' as note`));
const notes = (stack: Stack) =>
  withConnection(stack.database.adminUrl, async (client) => (await client.query("select note from kept")).rows);

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "leasehold supervision "));
  ports = await chooseFreePorts();
});
afterAll(async () => {
  await stopServers(dataDir);
  for (const child of processes) child.kill("SIGKILL");
  await rm(dataDir, { recursive: true, force: true });
});

describe("the supervisor", { timeout: 150_000 }, () => {
  test("says that the apps' access keys are gone when the emulator is killed that never saved its state, and the next start makes new ones", async () => {
    const { aws } = await start(startSleeper());
    const { supervisor } = status();
    process.kill(serverOf("aws").pid, "SIGKILL");
    await waitForExit(supervisor, 60_000);
    expect(failureIn(dataDir)).toMatchObject({ code: "SERVER_DIED", message: expect.stringContaining("access keys") });
    const again = await start(startSleeper());
    expect(again.aws.worker).not.toEqual(aws.worker);
    expect(await keysOfWorker(again)).toEqual([again.aws.worker.accessKeyId]);
    await stopServers(dataDir);
  });

  test("ends servers and apps when their owner is killed, and everything is there after the next start", async () => {
    const owner = startSleeper();
    const app = startSleeper();
    const stack = await start(owner);
    registerOwner(dataDir, { owner, app });
    await note(stack, "from before");
    const { KeyMetadata } = await kmsOf(stack).send(new CreateKeyCommand({}));
    await s3Of(stack).send(new PutObjectCommand({ ...object(stack), Body: "a document" }));
    await withTemporal(stack, (client) => client.workflow.start("waits", { workflowId: "waits", taskQueue: "nobody's" }));
    await sesOf(stack).send(new DeleteEmailIdentityCommand({ EmailIdentity: stack.mail.from }));
    const { supervisor, servers } = status();
    process.kill(owner.pid, "SIGKILL");
    expect(await waitForExit(supervisor, 60_000)).toBe(true);
    expect([app, ...Object.values(servers)].filter(isAlive)).toEqual([]);

    const again = await start(startSleeper());
    expect(await notes(again)).toEqual([{ note: "from before" }]);
    await kmsOf(again).send(new DescribeKeyCommand({ KeyId: KeyMetadata?.KeyId }));
    expect(await readObject(again)).toBe("a document");
    const run = await withTemporal(again, (client) => client.workflow.getHandle("waits").describe());
    expect(run.status.name).toBe("RUNNING");
    expect(again.secrets).toEqual(stack.secrets);
  });

  test("makes the emulator whole again that was killed, when no tenant's key is lost with it", async () => {
    const stack = await start(startSleeper());
    const mailSender = () => sesOf(stack).send(new GetEmailIdentityCommand({ EmailIdentity: stack.mail.from }));
    await mailSender();
    const before = serverOf("aws");
    process.kill(before.pid, "SIGKILL");
    await vi.waitFor(() => expect(serverOf("aws").pid).not.toBe(before.pid), { timeout: 30_000, interval: 100 });
    // Its saved state has no sender: the next start made it, and nothing saved it since.
    await vi.waitFor(mailSender, { timeout: 30_000, interval: 200 });
    expect(await keysOfWorker(stack)).toEqual([stack.aws.worker.accessKeyId]);
    expect(await readObject(stack)).toBe("a document");
    expect(status()).toMatchObject({ phase: "running", instance: stack.instance });
  });

  test("starts a server again that was killed", async () => {
    const stack = await start(startSleeper());
    for (const name of ["postgres", "temporal"] as const) {
      const before = serverOf(name);
      process.kill(before.pid, "SIGKILL");
      await vi.waitFor(() => expect(serverOf(name).pid).not.toBe(before.pid), { timeout: 30_000, interval: 100 });
    }
    await vi.waitFor(async () => expect(await notes(stack)).toHaveLength(1), { timeout: 30_000, interval: 200 });
  });

  test("when it is killed itself, the next start ends its servers in order and loses nothing", async () => {
    const stack = await start(startSleeper());
    const { KeyMetadata } = await kmsOf(stack).send(new CreateKeyCommand({}));
    const before = status();
    process.kill(before.supervisor.pid, "SIGKILL");
    await waitForExit(before.supervisor, 5_000);
    expect(Object.values(before.servers).every(isAlive)).toBe(true);

    const again = await start(startSleeper());
    expect(Object.values(before.servers).filter(isAlive)).toEqual([]);
    expect(await notes(again)).toHaveLength(1);
    await kmsOf(again).send(new DescribeKeyCommand({ KeyId: KeyMetadata?.KeyId }));
  });

  test("when it is killed itself, its owner ends the servers in order as it leaves, and loses nothing", async () => {
    const owner = startSleeper();
    const stack = await start(owner);
    const { KeyMetadata } = await kmsOf(stack).send(new CreateKeyCommand({}));
    const { supervisor, servers } = status();
    process.kill(supervisor.pid, "SIGKILL");
    await waitForExit(supervisor, 5_000);
    expect(await leaveServers(dataDir, owner)).toBe("stopped");
    expect(Object.values(servers).filter(isAlive)).toEqual([]);
    expect(await leaveServers(dataDir, owner)).toBe("nothing-ran");
    await kmsOf(await start(startSleeper())).send(new DescribeKeyCommand({ KeyId: KeyMetadata?.KeyId }));
  });

  test("a second start finds the first one's servers, and keeps them for both owners", async () => {
    const first = startSleeper();
    const { instance } = await start(first);
    expect((await start(startSleeper())).instance).toBe(instance);
    process.kill(first.pid, "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(isAlive(status().supervisor)).toBe(true);
  });

  test("ends everything when the emulator is killed and a tenant's key is lost, names the tenant and the reset, and so does the next start", async () => {
    const stack = await start(startSleeper());
    const { KeyMetadata } = await kmsOf(stack).send(new CreateKeyCommand({}));
    const lost = newId("tenant");
    const keyring = withDatabase(stack.database.adminUrl, stack.database.names.keyring);
    const insert = `insert into keyring.data_keys (tenant_id, version, wrapped, kms_key_arn) values ('${lost}', 1, '\\\\x00', $1)`;
    await withConnection(keyring, async (client) => {
      await client.query("set session_replication_role = replica");
      await client.query(insert, [KeyMetadata?.Arn]);
    });
    const { supervisor, servers } = status();
    process.kill(servers.aws?.pid ?? 0, "SIGKILL");
    expect(await waitForExit(supervisor, 60_000)).toBe(true);
    const keyLost = { code: "KEY_LOST", message: expect.stringContaining(lost), remedy: expect.stringContaining("pnpm reset") };
    expect(failureIn(dataDir)).toMatchObject(keyLost);
    expect(Object.values(servers).filter(isAlive)).toEqual([]);
    await expect(start(startSleeper())).rejects.toMatchObject(keyLost);
  });
});
