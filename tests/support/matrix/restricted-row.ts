import type { TokenScope } from "@leasehold/tenancy/token/claims";
import { applicationCallers } from "./callers.ts";
import type { Case, Row } from "./case.ts";
import type { MatrixWorld } from "./matrix-world.ts";

/** For one of the worker's restricted tokens alone: people, API keys and its other tokens are refused. */
export function restrictedRow(scope: TokenScope, makeCases: (world: MatrixWorld) => Promise<Omit<Case, "caller">[]>): Row<MatrixWorld> {
  return {
    async cases(world) {
      const callers = Object.values(applicationCallers(world));
      const own = await makeCases(world);
      const allowed = `${scope} token`;
      const refused = callers
        .filter(({ name }) => name !== allowed)
        .map(
          (caller): Case => ({
            what: `as ${caller.name}`,
            caller,
            input: own.at(-1)?.input,
            expect: refusalOf(caller.name),
            seesBoth: true,
          }),
        );
      const restricted = callers.filter(({ name }) => name === allowed);
      return [...refused, ...restricted.flatMap((caller) => own.map((each): Case => ({ ...each, caller })))];
    },
  };
}

function refusalOf(name: string): string {
  if (["anonymous", "portal session", "operator"].includes(name)) return "UNAUTHENTICATED";
  return name.endsWith("tenant's owner") ? "PRECONDITION_FAILED" : "FORBIDDEN";
}
