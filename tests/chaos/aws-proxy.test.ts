import { CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import {
  type AliasListEntry,
  CreateAliasCommand,
  CreateKeyCommand,
  KMSClient,
  ListKeysCommand,
  paginateListAliases,
} from "@aws-sdk/client-kms";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type AwsProxy, startAwsProxy } from "../support/faults/aws-proxy.ts";
import { createWorld, type World } from "../support/world.ts";

let world: World;
let proxy: AwsProxy;
let options: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string }; maxAttempts: number };
const nameOf = (error: unknown) => (error instanceof Error ? error.name : String(error));

beforeAll(async () => {
  world = await createWorld();
  const { aws } = world.stack;
  proxy = await startAwsProxy(aws.endpoint ?? "");
  options = { endpoint: proxy.url, region: aws.region, credentials: aws.root, maxAttempts: 1 };
}, 120_000);
afterEach(() => proxy.clear());
afterAll(async () => {
  await proxy?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});

describe("the fault layer before AWS", () => {
  it("passes signed calls of every protocol, and bodies as they are", async () => {
    const s3 = new S3Client({ ...options, forcePathStyle: true });
    const object = { Bucket: world.stack.aws.poolBucket, Key: "proxy/body" };
    const body = Buffer.alloc(3_000_000, "leasehold");
    await s3.send(new PutObjectCommand({ ...object, Body: body }));
    const read = await s3.send(new GetObjectCommand(object));
    expect(Buffer.from((await read.Body?.transformToByteArray()) ?? [])).toEqual(body);
    await new KMSClient(options).send(new ListKeysCommand({}));
    await new STSClient({ ...options, credentials: world.stack.aws.worker }).send(new GetCallerIdentityCommand({}));
    await expect(new CloudFormationClient(options).send(new DescribeStacksCommand({ StackName: "none" }))).rejects.toThrow(/not exist/);
    const content = { Simple: { Subject: { Data: "s" }, Body: { Text: { Data: "t" } } } };
    const mail = { FromEmailAddress: world.stack.mail.from, Destination: { ToAddresses: ["a@leasehold.example"] }, Content: content };
    await new SESv2Client(options).send(new SendEmailCommand(mail));
    expect(proxy.passed()).toMatchObject({
      "cloudformation:DescribeStacks": 1,
      "kms:ListKeys": 1,
      "s3:GetObject": 1,
      "s3:PutObject": 1,
      "ses:SendEmail": 1,
      "sts:GetCallerIdentity": 1,
    });
  });

  it("refuses and throttles in each protocol's own words", async () => {
    for (const mode of ["refuse", "throttle"] as const) {
      proxy.clear();
      for (const service of ["kms", "sts", "s3", "ses", "cloudformation"]) proxy.inject({ service, mode });
      const denied = mode === "refuse" ? /^AccessDenied(Exception)?$/ : /^(Throttling(Exception)?|SlowDown|TooManyRequestsException)$/;
      const s3 = new S3Client({ ...options, forcePathStyle: true });
      const calls = [
        new KMSClient(options).send(new ListKeysCommand({})),
        new STSClient(options).send(new GetCallerIdentityCommand({})),
        s3.send(new GetObjectCommand({ Bucket: "b", Key: "k" })),
        new CloudFormationClient(options).send(new DescribeStacksCommand({})),
        new SESv2Client(options).send(new SendEmailCommand({ Content: {} })),
      ];
      for (const outcome of await Promise.allSettled(calls)) {
        expect(outcome.status).toBe("rejected");
        if (outcome.status === "rejected") expect(nameOf(outcome.reason)).toMatch(denied);
      }
      await expect(s3.send(new HeadObjectCommand({ Bucket: "b", Key: "k" }))).rejects.toThrow();
    }
  });

  it("ends the connection before the call is made, or after it was carried out", async () => {
    const kms = new KMSClient(options);
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    const KeyId = KeyMetadata?.KeyId ?? "";
    let named = 0;
    const nameIt = () => kms.send(new CreateAliasCommand({ AliasName: `alias/proxy-${world.id}-${++named}`, TargetKeyId: KeyId }));
    // Of this key alone: others make keys meanwhile.
    const names = async () => {
      const found: AliasListEntry[] = [];
      for await (const { Aliases = [] } of paginateListAliases({ client: kms }, { KeyId })) found.push(...Aliases);
      return found.filter(({ TargetKeyId }) => TargetKeyId === KeyId).length;
    };
    expect(await names()).toBe(0);
    proxy.inject({ service: "kms", action: "CreateAlias", mode: "reset", times: 1 });
    await expect(nameIt()).rejects.toThrow();
    expect(await names()).toBe(0);
    const lost = proxy.inject({ service: "kms", action: "CreateAlias", mode: "lost-answer", times: 1 });
    await expect(nameIt()).rejects.toThrow();
    expect([await names(), lost.hits()]).toEqual([1, 1]);
    await nameIt();
    expect(await names()).toBe(2);
  });

  it("hangs until it is lifted, and strikes only after as many calls as it is told", async () => {
    const kms = new KMSClient(options);
    const hang = proxy.inject({ service: "kms", mode: "hang", after: 1 });
    await kms.send(new ListKeysCommand({}));
    await expect(kms.send(new ListKeysCommand({}), { abortSignal: AbortSignal.timeout(300) })).rejects.toThrow(/abort/i);
    const held = kms.send(new ListKeysCommand({}));
    const refused = expect(held).rejects.toThrow();
    setTimeout(() => hang.lift(), 100);
    await refused;
    expect(hang.hits()).toBe(2);
    await kms.send(new ListKeysCommand({}));
  });
});
