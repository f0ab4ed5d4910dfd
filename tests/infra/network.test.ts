import { readTemplate } from "@leasehold/infra/local/templates/read-template";
import { resolveTemplate } from "@leasehold/infra/local/templates/resolve-template";
import { expect, test } from "vitest";

interface Rule {
  GroupId: string;
  DestinationSecurityGroupId?: string;
  DestinationPrefixListId?: string;
  SourceSecurityGroupId?: string;
  FromPort: number;
}

const parameters = { S3PrefixList: "pl-5", DynamoDbPrefixList: "pl-6" };
const resources = resolveTemplate(readTemplate("network.yaml"), { account: "123456789012", region: "eu-central-1" }, parameters);
const ofType = (type: string) => Object.entries(resources).filter(([, resource]) => resource.type === `AWS::EC2::${type}`);
const rulesOf = (type: string) => ofType(type).map(([, { properties }]) => properties as unknown as Rule);
const groups = ofType("SecurityGroup");
const out = new Set(rulesOf("SecurityGroupEgress").map((rule) => `${rule.GroupId} ${rule.DestinationSecurityGroupId} ${rule.FromPort}`));
const into = new Set(rulesOf("SecurityGroupIngress").map((rule) => `${rule.SourceSecurityGroupId} ${rule.GroupId} ${rule.FromPort}`));
const reached = [...out].filter((edge) => into.has(edge)).sort();

/** docs/architecture.md, "may reach": each pair with its port, and no other. */
const mayReach: [from: string, to: string, port: number][] = [
  ["LoadBalancerGroup", "PortalGroup", 3000],
  ["LoadBalancerGroup", "ConsoleGroup", 3001],
  ["LoadBalancerGroup", "ApplicationGroup", 4000],
  ["PortalGroup", "ControlDatabaseGroup", 5432],
  ["PortalGroup", "ApplicationGroup", 4000],
  ["ConsoleGroup", "ControlDatabaseGroup", 5432],
  ["ConsoleGroup", "WorkerGroup", 4001],
  ["ApplicationGroup", "ApplicationDatabaseGroup", 5432],
  ["ApplicationGroup", "KeyringDatabaseGroup", 5432],
  ["ApplicationGroup", "AwsEndpointsGroup", 443],
  ["ApplicationGroup", "PortalGroup", 3000],
  ["WorkerGroup", "ControlDatabaseGroup", 5432],
  ["WorkerGroup", "ApplicationDatabaseGroup", 5432],
  ["WorkerGroup", "KeyringDatabaseGroup", 5432],
  ["WorkerGroup", "ApplicationGroup", 4000],
  ["WorkerGroup", "TemporalGroup", 7233],
  ["WorkerGroup", "AwsEndpointsGroup", 443],
];

test("each process reaches what it needs and nothing else: the application plane neither Temporal nor the control database", () => {
  const expected = mayReach.map(([from, to, port]) => `${from} ${to} ${port}`).sort();
  expect(reached).toEqual(expected);
  expect([...out].sort().filter((edge) => !edge.includes("undefined"))).toEqual(expected);
  expect([...into].sort()).toEqual(expected);
  for (const forbidden of ["TemporalGroup", "ControlDatabaseGroup", "WorkerGroup", "ConsoleGroup"]) {
    expect(reached.filter((edge) => edge.startsWith(`ApplicationGroup ${forbidden} `))).toEqual([]);
  }
});

test("no group has the rule to everywhere that it is given when none is written, and only the load balancer hears strangers", () => {
  for (const [name, { properties }] of groups) {
    expect(properties.SecurityGroupEgress, name).toEqual([expect.objectContaining({ CidrIp: "127.0.0.1/32" })]);
    const heard = properties.SecurityGroupIngress as { CidrIp: string; FromPort: number }[] | undefined;
    expect(
      heard?.map(({ CidrIp, FromPort }) => [CidrIp, FromPort]),
      name,
    ).toEqual(name === "LoadBalancerGroup" ? [["0.0.0.0/0", 443]] : undefined);
  }
  const lists = rulesOf("SecurityGroupEgress").filter(({ DestinationPrefixListId }) => DestinationPrefixListId !== undefined);
  expect(lists.map((rule) => `${rule.GroupId} ${rule.DestinationPrefixListId} ${rule.FromPort}`).sort()).toEqual([
    "ApplicationGroup pl-5 443",
    "ApplicationGroup pl-6 443",
    "WorkerGroup pl-5 443",
  ]);
  expect(Object.values(resources).filter(({ type }) => /InternetGateway|NatGateway|EC2::Route$/.test(type))).toEqual([]);
});
