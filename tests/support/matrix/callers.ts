import { type OperatorScope, operatorMay, operatorRoles } from "@leasehold/domain/operators";
import { type Role, roles } from "@leasehold/domain/roles";
import type { Caller } from "./case.ts";
import type { MatrixWorld, Person } from "./matrix-world.ts";

export const anonymous: Caller = { name: "anonymous" };

/** A key that the application plane takes, where no key is taken. */
const apiKeyOf = ({ ours }: MatrixWorld): Caller => ({ name: "API key", authorization: async () => `Bearer ${ours.writingKey}` });

const inBrowser = (name: string, person: Person): Caller => ({ name, cookie: person.call.cookie() });

/** Everybody who may come to the portal, by name. */
export function portalCallers(world: MatrixWorld): Record<string, Caller> {
  const people: [string, Person][] = [
    ...roles.map((role): [string, Person] => [role, world.ours.people[role]]),
    ...roles.map((role): [string, Person] => [`their ${role}`, world.theirs.people[role]]),
    ["member of both", world.both],
    ["suspended tenant's owner", world.suspended.owner],
    ["closed tenant's owner", world.closed.owner],
  ];
  const callers = [anonymous, apiKeyOf(world), world.operator, ...people.map(([name, person]) => inBrowser(name, person))];
  return Object.fromEntries(callers.map((caller) => [caller.name, caller]));
}

/** Operators of every role, one who was given none, and who is no operator. */
export function consoleCallers(world: MatrixWorld): Record<string, Caller> {
  const callers = [anonymous, apiKeyOf(world), inBrowser("portal session", world.ours.people.owner), ...Object.values(world.operators)];
  return Object.fromEntries(callers.map((caller) => [caller.name, caller]));
}

/** What everybody at the console gets of something that takes a scope. */
export function byRole(world: MatrixWorld, scope: OperatorScope): { caller: Caller; expect: "ok" | "FORBIDDEN" | "UNAUTHENTICATED" }[] {
  return Object.entries(consoleCallers(world)).map(([name, caller]) => {
    if (!(name in world.operators)) return { caller, expect: "UNAUTHENTICATED" };
    const role = operatorRoles.find((each) => each === name);
    return { caller, expect: operatorMay(role, scope) ? "ok" : "FORBIDDEN" };
  });
}

/** Everybody who may come to the application plane: tokens, and what is none. */
export function applicationCallers(world: MatrixWorld): Record<string, Caller> {
  const { ours, theirs } = world;
  const withToken = (name: string, authorization: () => Promise<string>): Caller => ({ name, authorization });
  const withKey = (name: string, key: string) => withToken(name, async () => `Bearer ${key}`);
  const ofRole = (role: Role) => [
    withToken(role, world.bearer(ours, role, ours.people[role].userId)),
    withToken(`their ${role}`, world.bearer(theirs, role, theirs.people[role].userId)),
  ];
  const callers = [
    anonymous,
    world.operator,
    ...roles.flatMap(ofRole),
    withToken("suspended tenant's owner", world.bearer(world.suspended.tenant, "owner")),
    withToken("closed tenant's owner", world.bearer(world.closed.tenant, "owner")),
    withKey("reading API key", ours.readingKey),
    withKey("writing API key", ours.writingKey),
    withKey("their API key", theirs.writingKey),
    withToken("verification token", world.restricted(ours, "verification")),
    withToken("key-care token", world.restricted(ours, "key-care")),
    withToken("export token", world.restricted(ours, "export")),
    inBrowser("portal session", ours.people.owner),
  ];
  return Object.fromEntries(callers.map((caller) => [caller.name, caller]));
}
