import type { Plane, RoleName } from "@leasehold/db/roles";
import { sharedStack, startServers } from "./servers.ts";

export interface DatabaseServer extends AsyncDisposable {
  adminUrl: string;
  ownerUrl: string;
  passwords: Record<RoleName, string>;
  /** Migrated databases that nobody is connected to. */
  templates: Record<Plane, string>;
}

/** The server that the run shares; outside of a run one of its own, which ends with it. */
export async function databaseServer(): Promise<DatabaseServer> {
  await using own = new AsyncDisposableStack();
  const stack = sharedStack() ?? own.use(await startServers()).stack;
  const { adminUrl, ownerUrl, names } = stack.database;
  const kept = own.move();
  return {
    adminUrl,
    ownerUrl,
    passwords: stack.secrets.databasePasswords,
    templates: names,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
