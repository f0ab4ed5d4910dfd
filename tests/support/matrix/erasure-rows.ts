import { newId } from "@leasehold/domain/ids";
import { type Role, roles } from "@leasehold/domain/roles";
import { portalCallers } from "./callers.ts";
import type { Case, Row } from "./case.ts";
import type { MatrixWorld, Person } from "./matrix-world.ts";
import { callerOf, portalRow } from "./tenant-row.ts";

const changes = ["control.audit", "control.commands", "control.operations", "control.person_erasures"];
const key = () => ({ idempotencyKey: newId("request") });

interface Workspace {
  owner: Person;
  member: Person;
}

/** A workspace of its own, on which nothing else is under way, with somebody in it. */
async function freshWorkspace({ portal }: MatrixWorld, role: Role = "member"): Promise<Workspace> {
  const owner = await portal.member("owner");
  const member = await portal.member(role, owner);
  await portal.settle(owner);
  return { owner, member };
}

type Input = (slug: string, userId: string) => object;

/** What everybody is refused who may not, on our workspace and theirs. */
function refusals(world: MatrixWorld, may: readonly Role[], input: Input): Case[] {
  const callers = portalCallers(world);
  const { ours, suspended, closed } = world;
  const userId = newId("user");
  const refused = (name: string, expect: string, slug = ours.slug): Case => ({
    what: `as ${name}`,
    caller: callerOf(callers, name),
    input: input(slug, userId),
    expect,
  });
  return [
    ...["anonymous", "operator", "API key"].map((name) => refused(name, "UNAUTHENTICATED")),
    ...roles.filter((role) => !may.includes(role)).map((role) => refused(role, "FORBIDDEN")),
    ...roles.map((role): Case => ({ ...refused(`their ${role}`, "NOT_FOUND"), twin: { input: input("nowhere-to-be-found", userId) } })),
    refused("closed tenant's owner", "NOT_FOUND", closed.owner.slug),
    refused("suspended tenant's owner", "PRECONDITION_FAILED", suspended.owner.slug),
  ];
}

function asked({ owner }: Workspace, by: Person, name: string, input: object): Case {
  const caller = { name, cookie: by.call.cookie() };
  return { what: `as ${name}`, caller, input, expect: "ok", of: owner.tenantId, changes, audit: "erasure.requested" };
}

/** Procedures of the portal about the erasure of one person. */
export const erasureRows: Record<string, Row<MatrixWorld>> = {
  "erasure.preview": {
    async cases(world) {
      const input: Input = (slug, userId) => ({ slug, userId });
      const { ours, theirs } = world;
      const own = input(ours.slug, ours.people.viewer.userId);
      const caller = (name: string) => callerOf(portalCallers(world), name);
      return [
        ...refusals(world, ["owner"], input),
        { what: "as owner", caller: caller("owner"), input: own, expect: "ok" },
        { what: "as member of both", caller: caller("member of both"), input: own, expect: "ok" },
        {
          what: "somebody of another workspace",
          caller: caller("owner"),
          input: input(ours.slug, theirs.people.viewer.userId),
          expect: "NOT_FOUND",
          twin: { input: input(ours.slug, newId("user")) },
        },
      ];
    },
  },
  "erasure.list": portalRow({ roles: ["owner"] }),
  "erasure.former": portalRow({ roles: ["owner"] }),
  "erasure.previewOwn": portalRow({ roles }),
  "erasure.request": {
    async cases(world) {
      const input: Input = (slug, userId) => ({ slug, userId, documents: "keep", ...key() });
      const cases = refusals(world, ["owner"], input);
      for (const name of ["owner", "member of both"]) {
        const workspace = await freshWorkspace(world);
        const { owner, member } = workspace;
        if (name === "member of both") await world.join(world.theirs, owner.userId);
        cases.push(asked(workspace, owner, name, input(owner.slug, member.userId)));
      }
      const { ours, theirs } = world;
      cases.push({
        what: "somebody of another workspace",
        caller: callerOf(portalCallers(world), "owner"),
        input: input(ours.slug, theirs.people.viewer.userId),
        expect: "NOT_FOUND",
        twin: { input: input(ours.slug, newId("user")) },
      });
      return cases;
    },
  },
  "erasure.requestOwn": {
    async cases(world) {
      const input = (slug: string) => ({ slug, ...key() });
      const cases = refusals(world, roles, input);
      for (const role of roles) {
        const workspace = await freshWorkspace(world, role);
        cases.push(asked(workspace, workspace.member, role, input(workspace.owner.slug)));
      }
      const both = await freshWorkspace(world);
      await world.join(world.theirs, both.member.userId);
      cases.push(asked(both, both.member, "member of both", input(both.owner.slug)));
      return cases;
    },
  },
};
