import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DescribeKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { afterAll, beforeAll, expect, test } from "vitest";
import { abortable } from "./abortable.ts";
import { toApplicationFailure } from "./to-application-failure.ts";

let asked = 0;
const silent = createServer(() => {
  asked++;
});
let kms: KMSClient;
beforeAll(async () => {
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  kms = new KMSClient({ endpoint, region: "eu-central-1", maxAttempts: 1, credentials: { accessKeyId: "a", secretAccessKey: "b" } });
});
afterAll(() => {
  kms.destroy();
  silent.closeAllConnections();
  silent.close();
});

test("a call that waits is given up with its attempt, and none begins after it", async () => {
  const attempt = new AbortController();
  const client = abortable(kms, attempt.signal);
  const call = client.send(new DescribeKeyCommand({ KeyId: "alias/one" })).catch((error: unknown) => error);
  await once(silent, "request");
  attempt.abort();
  const failure = toApplicationFailure(await call);
  expect(failure).toMatchObject({ type: "UNAVAILABLE", nonRetryable: false });
  await expect(client.send(new DescribeKeyCommand({ KeyId: "alias/two" }))).rejects.toThrow();
  expect(asked).toBe(1);
  expect(await client.config.region()).toBe("eu-central-1");
});
