import { appRouter } from "@leasehold/application/router";
import { createCallerFactory } from "@leasehold/application/trpc/init";
import { newId } from "@leasehold/domain/ids";
import { portalRouter } from "@leasehold/portal/server/routers/root";
import { createLogger } from "@leasehold/tenancy/logger";
import { resolveContext } from "@leasehold/tenancy/resolve-context";
import { type ListedProcedure, listProcedures } from "@leasehold/tenancy/trpc/procedure-meta";
import { consoleRouter } from "../../../apps/console/src/server/router.ts";
import type { MatrixWorld } from "../matrix/matrix-world.ts";

export interface FuzzedProcedure extends ListedProcedure {
  app: "portal" | "console" | "application";
  /** As somebody who may do everything in our tenant. A stream is read once and closed. */
  call(input: unknown): Promise<unknown>;
}

/** What ends the caller's own standing comes last, so that the others are asked by somebody who is still let in. */
const ending = /leave|remove|revoke|delete|signOut|changePassword|changeRole|rollBack/i;
const logger = createLogger({ name: "fuzz", level: "silent" });

/** Every procedure of every app, in process, over real servers. */
export function listFuzzedProcedures(world: MatrixWorld): FuzzedProcedure[] {
  const { application, ours, operator } = world;
  const createApplicationCaller = createCallerFactory(appRouter);
  const calls: Record<FuzzedProcedure["app"], (path: string, input: unknown, signal: AbortSignal) => Promise<unknown>> = {
    portal: (path, input, signal) => ours.people.owner.call((caller) => at(caller, path)(input), signal),
    console: async (path, input, signal) => at(await world.consoleFor(new Headers({ cookie: operator.cookie ?? "" }), signal), path)(input),
    async application(path, input, signal) {
      const requestId = newId("request");
      const authorization = await world.bearer(ours, "owner")();
      const resolve = () => resolveContext(application.kit, { authorization, requestId });
      return at(
        createApplicationCaller({ requestId, kit: application.kit, logger, idempotencyKey: newId("event"), resolve }, { signal }),
        path,
      )(input);
    },
  };
  const routers = { portal: portalRouter, console: consoleRouter, application: appRouter };
  const listed = Object.entries(routers).flatMap(([name, router]) => {
    const app = name as FuzzedProcedure["app"];
    const call = (path: string) => async (input: unknown) => {
      const ending = new AbortController();
      const answer = await calls[app](path, input, ending.signal);
      return readOnce(answer).finally(() => ending.abort());
    };
    return listProcedures(router).map((procedure): FuzzedProcedure => ({ ...procedure, app, call: call(procedure.path) }));
  });
  return listed.sort((one, other) => Number(ending.test(one.path)) - Number(ending.test(other.path)));
}

function at(caller: object, path: string): (input: unknown) => Promise<unknown> {
  return path.split(".").reduce<unknown>((found, name) => (found as Record<string, unknown>)[name], caller) as never;
}

const streamMs = 300;

async function readOnce(answer: unknown): Promise<unknown> {
  if (typeof answer !== "object" || answer === null || !(Symbol.asyncIterator in answer)) return answer;
  const stream = (answer as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  const first = await Promise.race([stream.next(), new Promise((resolve) => setTimeout(resolve, streamMs))]);
  return first;
}
