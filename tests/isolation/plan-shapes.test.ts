import { tenantTables } from "@leasehold/db/application/tenant-tables";
import { withConnection } from "@leasehold/db/client";
import { newId } from "@leasehold/domain/ids";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabases, type TestDatabases } from "../support/databases.ts";

let databases: TestDatabases;
const tenantId = newId("tenant");

beforeAll(async () => {
  databases = await createTestDatabases();
  await databases.query("application", "insert into app.tenant_home (tenant_id, epoch) values ($1, 1)", [tenantId]);
});
afterAll(() => databases[Symbol.asyncDispose]());

interface PlanNode {
  "Node Type": string;
  "Relation Name"?: string;
  "Index Cond"?: string;
  "Index Name"?: string;
  Plans?: PlanNode[];
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

/** How a tenant's transaction reads. Small tables are scanned whole whatever stands in them: here that counts as out of the question. */
async function explain(statement: string, values: readonly string[] = []): Promise<PlanNode[]> {
  return withConnection(databases.urlOf("application", "app_tenant"), async (client) => {
    await client.query("begin");
    await client.query("select app.enter($1, 1)", [tenantId]);
    await client.query("set local enable_seqscan = off");
    // With values as pools prepare what comes often: one plan for whatever values there will be.
    await client.query("set local plan_cache_mode = force_generic_plan");
    if (values.length > 0) await client.query(`prepare often as ${statement}`);
    const explained = values.length > 0 ? `execute often (${values.map((value) => client.escapeLiteral(value)).join(", ")})` : statement;
    const { rows } = await client.query<{ "QUERY PLAN": { Plan: PlanNode }[] }>(`explain (format json) ${explained}`);
    const [plan] = rows[0]?.["QUERY PLAN"] ?? [];
    if (plan === undefined) throw new Error("no plan");
    return nodesOf(plan.Plan);
  });
}

/** Whatever reads a relation, or an index for one: each has to be bound to the tenant by an index condition. */
function unbound(nodes: PlanNode[]): string[] {
  return nodes
    .filter((node) => /Scan$/.test(node["Node Type"]) && !(node["Node Type"] === "Bitmap Heap Scan"))
    .filter((node) => node["Relation Name"] !== undefined || node["Index Name"] !== undefined)
    .filter((node) => !/\btenant_id = /.test(node["Index Cond"] ?? ""))
    .map((node) => `${node["Node Type"]} of ${node["Relation Name"] ?? node["Index Name"]}`);
}

describe.each(Object.keys(tenantTables))("%s", (table) => {
  test("is read by an index condition on the tenant, in one partition", async () => {
    const nodes = await explain(`select * from ${table} where tenant_id = '${tenantId}'`);
    expect(unbound(nodes)).toEqual([]);
    expect(new Set(nodes.flatMap((node) => node["Relation Name"] ?? [])).size).toBe(1);
  });

  test("is read so, and from one partition, by a plan that holds for every tenant", async () => {
    const nodes = await explain(`select * from ${table} where tenant_id = $1`, [tenantId]);
    expect(unbound(nodes)).toEqual([]);
    expect(new Set(nodes.flatMap((node) => node["Relation Name"] ?? [])).size).toBe(1);
  });

  test("is read by an index condition on the tenant when the policy alone names it", async () => {
    expect(unbound(await explain(`select * from ${table}`))).toEqual([]);
  });
});

test("a statement that no index binds to the tenant is noticed", async () => {
  await withConnection(databases.urlOf("application", "leasehold_owner"), async (owner) => {
    await owner.query("create table app.unbound (id text primary key, tenant_id text not null)");
    await owner.query("select app.protect('app.unbound')");
  });
  expect(unbound(await explain(`select * from app.unbound where tenant_id = '${tenantId}'`))).toEqual(["Seq Scan of unbound"]);
});
