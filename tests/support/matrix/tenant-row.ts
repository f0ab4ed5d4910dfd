import { newId } from "@leasehold/domain/ids";
import { type apiKeyScopes, type Role, roles } from "@leasehold/domain/roles";
import { applicationCallers, portalCallers } from "./callers.ts";
import type { Caller, Case, Row } from "./case.ts";
import type { MatrixWorld } from "./matrix-world.ts";

/** Ids that a request may name. */
export interface Things {
  documentId: string;
  folderId: string;
  userId: string;
  /** Who made the documents, and asks for nothing. */
  authorId: string;
  invitationId: string;
  keyId: string;
  exportId: string;
}

export interface TenantRow {
  /** Who gets an answer. Written out here, so that a role that gains a right in the code is noticed. */
  roles: readonly Role[];
  input?(things: Things): object;
  /** Which of its ids are swapped for another tenant's, and guessed. */
  ids?: readonly (keyof Things)[];
  /** What another tenant's id and a guessed one are answered with; NOT_FOUND unless told. */
  swapped?: string;
  /** Makes what one caller's request uses up. */
  fresh?(world: MatrixWorld, role: Role): Promise<Partial<Things> & { caller?: Caller }>;
  changes?: readonly string[];
  audit?: string;
  /** Answers also those whom a closing or a suspension shuts out. */
  whileShut?: boolean;
  /** The scope with which an API key is let in; none unless told. */
  key?: (typeof apiKeyScopes)[number];
}

export const everyRole = roles;
export const writers: readonly Role[] = ["owner", "admin", "member"];
export const managers: readonly Role[] = ["owner", "admin"];

const missing = (): Things => ({
  documentId: newId("document"),
  folderId: newId("folder"),
  userId: newId("user"),
  authorId: newId("user"),
  invitationId: newId("invitation"),
  keyId: newId("apiKey"),
  exportId: newId("export"),
});

const thingsOf = (side: MatrixWorld["ours"]): Things => ({ ...side, userId: side.people.viewer.userId });

/** A procedure of the portal for members of the workspace in `slug`. */
export function portalRow(row: TenantRow & { inApplication?: boolean }): Row<MatrixWorld> {
  return {
    async cases(world) {
      const callers = portalCallers(world);
      const { ours, theirs, suspended, closed } = world;
      const at = (slug: string, things: Things) => ({ slug, ...row.input?.(things) });
      const own = thingsOf(ours);
      const refused = (name: string, expect: string, slug = ours.slug): Case => ({
        what: `as ${name}`,
        caller: callerOf(callers, name),
        input: at(slug, own),
        expect,
      });
      const cases = [
        ...["anonymous", "operator", "API key"].map((name) => refused(name, "UNAUTHENTICATED")),
        ...roles.filter((role) => !row.roles.includes(role)).map((role) => refused(role, "FORBIDDEN")),
        ...roles.map((role): Case => ({ ...refused(`their ${role}`, "NOT_FOUND"), twin: { input: at("nowhere-to-be-found", own) } })),
        refused("closed tenant's owner", "NOT_FOUND", closed.owner.slug),
      ];
      const answered = row.whileShut && row.changes === undefined;
      const ended = thingsOf({ ...ours, ...missing() });
      cases.push({
        ...refused("suspended tenant's owner", answered ? "ok" : "PRECONDITION_FAILED"),
        input: at(suspended.owner.slug, ended),
      });
      for (const role of row.roles) {
        const { caller = callerOf(callers, role), ...things } = (await row.fresh?.(world, role)) ?? {};
        cases.push({ what: `as ${role}`, caller, input: at(ours.slug, { ...own, ...things }), expect: "ok", ...changeOf(row) });
        for (const id of row.ids ?? []) {
          const swap = (value: string) => at(ours.slug, { ...own, [id]: value });
          const twin = { input: swap(missing()[id]) };
          cases.push({
            what: `another's ${id}`,
            caller: callerOf(callers, role),
            input: swap(thingsOf(theirs)[id]),
            expect: row.swapped ?? "NOT_FOUND",
            twin,
          });
        }
      }
      cases.push(await asMemberOfBoth(world, callerOf(callers, "member of both"), row, at));
      return cases;
    },
  };
}

/** An owner here and there: what they do here stays here, whichever ids they name. */
async function asMemberOfBoth(
  world: MatrixWorld,
  caller: Caller,
  row: TenantRow,
  at: (slug: string, things: Things) => object,
): Promise<Case> {
  const own = thingsOf(world.ours);
  const [id] = row.ids ?? [];
  if (id !== undefined) {
    const [input, twin] = [thingsOf(world.theirs)[id], missing()[id]].map((value) => at(world.ours.slug, { ...own, [id]: value }));
    return { what: `the other workspace's ${id}`, caller, input, expect: row.swapped ?? "NOT_FOUND", twin: { input: twin } };
  }
  const { caller: another, userId } = (await row.fresh?.(world, "owner")) ?? {};
  if (another !== undefined) await world.join(world.theirs, userId ?? "");
  return {
    what: "in one of two workspaces",
    caller: { ...(another ?? caller), name: caller.name },
    input: at(world.ours.slug, own),
    expect: "ok",
    ...changeOf(row),
  };
}

/** A procedure of the application plane: the token names the tenant. */
export function applicationRow(row: TenantRow): Row<MatrixWorld> {
  return {
    async cases(world) {
      const callers = applicationCallers(world);
      const { ours, theirs } = world;
      const own = thingsOf(ours);
      const input = (things: Things) => row.input?.(things);
      const refused = (name: string, expect: string): Case => ({
        what: `as ${name}`,
        caller: callerOf(callers, name),
        input: input(own),
        expect,
      });
      const cases = [
        ...["anonymous", "portal session", "operator"].map((name) => refused(name, "UNAUTHENTICATED")),
        ...["suspended tenant's owner", "closed tenant's owner"].map((name) => refused(name, "PRECONDITION_FAILED")),
        ...["verification token", "key-care token", "export token"].map((name) => refused(name, "FORBIDDEN")),
        ...roles
          .filter((role) => !row.roles.includes(role))
          .flatMap((role) => [refused(role, "FORBIDDEN"), refused(`their ${role}`, "FORBIDDEN")]),
      ];
      for (const role of row.roles) {
        const things = await row.fresh?.(world, role);
        cases.push({
          what: `as ${role}`,
          caller: callerOf(callers, role),
          input: input({ ...own, ...things }),
          expect: "ok",
          ...changeOf(row),
        });
        if (row.ids === undefined) {
          const there = { of: world.theirs.tenantId, ...changeOf(row) };
          cases.push({ what: "for another tenant", caller: callerOf(callers, `their ${role}`), input: input(own), expect: "ok", ...there });
        }
        for (const id of row.ids ?? []) {
          const swaps = [
            { name: role, from: own, value: thingsOf(theirs)[id] },
            { name: `their ${role}`, from: thingsOf(theirs), value: own[id] },
          ];
          for (const { name, from, value } of swaps) {
            const twin = { input: input({ ...from, [id]: missing()[id] }) };
            const swapped = input({ ...from, [id]: value });
            cases.push({
              what: `another's ${id}`,
              caller: callerOf(callers, name),
              input: swapped,
              expect: row.swapped ?? "NOT_FOUND",
              twin,
            });
          }
        }
      }
      cases.push(...(await keyCases(world, row, callers)));
      return cases;
    },
  };
}

/** API keys: one for reading, one for writing too, and one of another tenant. */
async function keyCases(world: MatrixWorld, row: TenantRow, callers: Record<string, Caller>): Promise<Case[]> {
  const own = thingsOf(world.ours);
  const things = row.key === undefined ? undefined : await row.fresh?.(world, "owner");
  const made = { input: row.input?.({ ...own, ...things }), expect: "ok", ...changeOf(row) };
  const refused = { input: row.input?.(own), expect: "FORBIDDEN" };
  const [reading, writing, theirs] = ["reading API key", "writing API key", "their API key"].map((name) => callerOf(callers, name)) as [
    Caller,
    Caller,
    Caller,
  ];
  const cases: Case[] = [
    { what: "with a key for reading", caller: reading, ...(row.key?.endsWith(":read") ? made : refused) },
    { what: "with a key for writing", caller: writing, ...(row.key === undefined ? refused : made) },
  ];
  const [id] = row.ids ?? [];
  if (row.key === undefined) cases.push({ what: "with another's key", caller: theirs, ...refused });
  else if (id === undefined) cases.push({ what: "with another's key", caller: theirs, ...made, of: world.theirs.tenantId });
  else {
    const [input, twin] = [own[id], missing()[id]].map((value) => row.input?.({ ...thingsOf(world.theirs), [id]: value }));
    cases.push({ what: "with another's key", caller: theirs, input, expect: row.swapped ?? "NOT_FOUND", twin: { input: twin } });
  }
  return cases;
}

const changeOf = ({ changes, audit }: TenantRow): Pick<Case, "changes" | "audit"> => (changes === undefined ? {} : { changes, audit });

export function callerOf(callers: Record<string, Caller>, name: string): Caller {
  const found = callers[name];
  if (found === undefined) throw new Error(`there is no caller ${name}`);
  return found;
}
