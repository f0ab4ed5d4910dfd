import { newId } from "@leasehold/domain/ids";
import { roles } from "@leasehold/domain/roles";
import { makeExportLink } from "@leasehold/portal/server/exports/export-link";
import { applicationCallers, portalCallers } from "./callers.ts";
import type { Case, Row } from "./case.ts";
import type { MatrixWorld, Side } from "./matrix-world.ts";
import { restrictedRow } from "./restricted-row.ts";
import { callerOf, portalRow } from "./tenant-row.ts";

const owners = ["owner"] as const;
const asked = () => ({ idempotencyKey: newId("request") });
const changes = ["control.audit", "control.commands", "control.export_people", "control.exports", "control.mail_outbox"];

/** One at a time: the first who may is heard; of the others a request that is not whole shows that they would be. */
function requestRow(): Row<MatrixWorld> {
  const row = portalRow({ roles: owners, input: asked, changes, audit: "export.requested" });
  return {
    async cases(world) {
      await world.rows("delete from control.exports where tenant_id = $1 and state = 'REQUESTED'", [world.ours.tenantId]);
      let heard = false;
      return (await row.cases(world)).map((each): Case => {
        if (each.expect !== "ok" || !heard) {
          heard ||= each.expect === "ok";
          return each;
        }
        const { changes: _changes, audit: _audit, ...question } = each;
        return { ...question, input: { ...(each.input as object), idempotencyKey: "short" }, expect: "VALIDATION" };
      });
    },
  };
}

/** Procedures of the portal about exports. */
export const exportRows: Record<string, Row<MatrixWorld>> = {
  "exports.list": portalRow({ roles: owners }),
  "exports.request": requestRow(),
  "exports.link": portalRow({
    roles: owners,
    ids: ["exportId"],
    input: ({ exportId }) => ({ exportId }),
    changes: ["control.audit"],
    audit: "export.link-made",
  }),
};

const exportId = newId("export");
const instant = "2026-01-01T00:00:00.000Z";
const about = { operationId: null, requestedAt: instant, startedAt: instant, consistency: "per-row" };
const writes = { expect: "ok", changes: ["objects"] };

/** Procedures of the application plane that build exports, for the worker's token alone. */
export const exportBuildingRows: Record<string, Row<MatrixWorld>> = {
  "exports.begin": buildingRow([{ what: "of one's own", input: { exportId } }], { expect: "ok" }),
  "exports.documents": buildingRow([{ what: "one's own", input: { exportId, number: 0, after: "" }, answers: /"after"/ }]),
  "exports.rows": buildingRow(
    ["folders", "api_keys", "audit", "usage"].map((source) => ({
      what: `one's own ${source}`,
      input: { exportId, source, number: 0, after: "" },
    })),
  ),
  "exports.append": buildingRow([{ what: "to one's own", input: { exportId, section: "members", number: 0, text: "{}\n" } }]),
  "exports.finish": buildingRow([{ what: "one's own", input: { exportId, layout: [], about } }]),
};

/** The first of them under the id of another tenant's export as well: what is under it is one's own, as under any other. */
function buildingRow(
  own: { what: string; input: object; answers?: RegExp }[],
  outcome: Omit<Case, "what" | "caller"> = writes,
): Row<MatrixWorld> {
  return restrictedRow("export", async ({ theirs }) => {
    const [first] = own;
    const under = (id: string) => ({ ...first?.input, exportId: id });
    // Files have names of their own each time, so that only what writes none answers the same.
    const twin = outcome.changes === undefined ? { twin: { input: under(newId("export")) } } : {};
    return [
      { ...outcome, what: "under another's id", input: under(theirs.exportId), ...twin },
      ...own.map((each) => ({ ...outcome, ...each })),
    ];
  });
}

/** An archive as the worker has it put together; where the application plane hands it out. */
async function archiveOf(world: MatrixWorld, side: Side): Promise<string> {
  const token = (await world.restricted(side, "export")()).slice("Bearer ".length);
  const { exports } = world.application.withToken(token).trpc;
  const { indexName } = await exports.finish.mutate({ exportId: side.exportId, layout: [], about: { ...about, consistency: "per-row" } });
  return `/exports/${side.exportId}/archive?index=${indexName}`;
}

/** The archive, for owners of its tenant. */
export async function archiveCases(world: MatrixWorld): Promise<Case[]> {
  const callers = applicationCallers(world);
  const path = await archiveOf(world, world.ours);
  const elsewhere = path.replace(world.ours.exportId, newId("export"));
  const ask = (name: string, expect: string, at = path): Case => {
    return { what: `as ${name}`, caller: callerOf(callers, name), input: { method: "GET", path: at }, expect };
  };
  return [
    ...["anonymous", "portal session", "operator"].map((name) => ask(name, "UNAUTHENTICATED")),
    ...["suspended tenant's owner", "closed tenant's owner"].map((name) => ask(name, "PRECONDITION_FAILED")),
    ...["verification token", "key-care token", "export token"].map((name) => ask(name, "FORBIDDEN")),
    ...["reading API key", "writing API key", "their API key"].map((name) => ask(name, "FORBIDDEN")),
    ...roles.filter((role) => role !== "owner").flatMap((role) => [ask(role, "FORBIDDEN"), ask(`their ${role}`, "FORBIDDEN")]),
    ask("owner", "ok"),
    { ...ask("their owner", "NOT_FOUND"), twin: { input: { method: "GET", path: elsewhere } } },
  ];
}

/** The portal's address of an archive: with a link of the owner's session, which is nobody else's. */
export async function archiveLinkCases(world: MatrixWorld): Promise<Case[]> {
  const callers = portalCallers(world);
  const { ours } = world;
  const index = /index_\w+/.exec(await archiveOf(world, ours))?.[0];
  await world.rows("update control.exports set index_name = $2 where export_id = $1", [ours.exportId, index]);
  const { userId } = ours.people.owner;
  const [session] = await world.rows<{ token: string }>("select token from identity.sessions where user_id = $1", [userId]);
  const holder = { tenantId: ours.tenantId, exportId: ours.exportId, userId, sessionToken: session?.token ?? "" };
  const { link } = makeExportLink(world.portal.portal.env.PORTAL_HMAC_SECRET, holder);
  const at = (slug: string) => `/api/exports/${slug}/${ours.exportId}?link=${link}`;
  const ask = (name: string, expect: string, slug = ours.slug): Case => {
    return { what: `as ${name}`, caller: callerOf(callers, name), input: { method: "GET", path: at(slug) }, expect };
  };
  return [
    ...["anonymous", "operator", "API key"].map((name) => ask(name, "UNAUTHENTICATED")),
    ...roles.filter((role) => role !== "owner").map((role) => ask(role, "FORBIDDEN")),
    ...roles.map((role) => ({
      ...ask(`their ${role}`, "NOT_FOUND"),
      twin: { input: { method: "GET", path: at("nowhere-to-be-found") } },
    })),
    ask("member of both", "NOT_FOUND"),
    ask("closed tenant's owner", "NOT_FOUND", world.closed.owner.slug),
    ask("suspended tenant's owner", "PRECONDITION_FAILED", world.suspended.owner.slug),
    { ...ask("owner", "ok"), changes: ["control.audit"], audit: "export.downloaded" },
  ];
}
