import { readSettings } from "@leasehold/infra/local/env";
import { chooseServers, readForeignAws } from "@leasehold/infra/local/targets";
import { describe, expect, test } from "vitest";

const role = "arn:aws:iam::111111111111:role/leasehold-tenant";
const key = { AWS_ACCESS_KEY_ID: "AKIAWORKER", AWS_SECRET_ACCESS_KEY: "worker's secret" };
const places = { POOL_BUCKET: "pool", TENANT_ROLE_ARN: role };

describe("the servers that are embedded", () => {
  test("are all three where nothing is set", () => {
    expect(chooseServers(readSettings({}))).toEqual(["postgres", "temporal", "aws"]);
  });

  test.each([
    ["postgres", { DATABASE_URL: "postgres://admin@db.example/postgres" }],
    ["temporal", { TEMPORAL_ADDRESS: "temporal.example:7233" }],
    ["aws", { AWS_ENDPOINT_URL: "http://127.0.0.1:4566" }],
    ["aws", { ...key, ...places }],
  ])("leave out %s where a setting names another", (server, settings) => {
    expect(chooseServers(readSettings(settings))).toEqual(["postgres", "temporal", "aws"].filter((name) => name !== server));
  });

  test.each([
    ["credentials alone", key],
    ["credentials and a bucket", { ...key, POOL_BUCKET: "pool" }],
    ["a bucket and a role", places],
  ])("include the emulator for %s: they may be anybody's leftovers", (_what, settings) => {
    expect(chooseServers(readSettings(settings))).toContain("aws");
  });
});

describe("an AWS elsewhere", () => {
  test("is used with one key for both planes, unless the application plane has its own", () => {
    const worker = { accessKeyId: key.AWS_ACCESS_KEY_ID, secretAccessKey: key.AWS_SECRET_ACCESS_KEY };
    expect(readForeignAws(readSettings({ ...key, ...places }))).toEqual({
      endpoint: undefined,
      region: "eu-central-1",
      root: worker,
      worker,
      application: worker,
      poolBucket: "pool",
      tenantRoleArn: role,
      stackRoleArn: undefined,
    });
    const own = { APPLICATION_AWS_ACCESS_KEY_ID: "AKIAAPPLICATION", APPLICATION_AWS_SECRET_ACCESS_KEY: "its secret" };
    const elsewhere = { AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_REGION: "eu-west-1" };
    expect(readForeignAws(readSettings({ ...key, ...places, ...own, ...elsewhere }))).toMatchObject({
      endpoint: "http://127.0.0.1:1",
      region: "eu-west-1",
      worker,
      application: { accessKeyId: "AKIAAPPLICATION", secretAccessKey: "its secret" },
    });
  });

  test.each(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "POOL_BUCKET", "TENANT_ROLE_ARN"] as const)(
    "is refused without %s, by name",
    (name) => {
      const settings = readSettings({ AWS_ENDPOINT_URL: "http://127.0.0.1:1", ...key, ...places, [name]: "" });
      expect(() => readForeignAws(settings)).toThrow(
        expect.objectContaining({ code: "SETTING_INVALID", message: expect.stringContaining(name), remedy: expect.stringContaining(name) }),
      );
    },
  );
});
