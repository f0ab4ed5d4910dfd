import { type Dispatch, dispatchCommands, type PendingCommand } from "@leasehold/db/control/commands/dispatch-commands";
import { listen } from "@leasehold/db/control/listen";
import { failExport } from "@leasehold/db/control/offboarding/exports/end-export";
import { parkOperation } from "@leasehold/db/control/operations/park-operation";
import { isId, newId } from "@leasehold/domain/ids";
import type { Logger } from "@leasehold/tenancy/logger";
import { withScope } from "@leasehold/tenancy/telemetry/scope";
import type { Client } from "@temporalio/client";
import type pg from "pg";
import { createDrain } from "../listen/create-drain.ts";
import { type DispatchTarget, dispatchCommand, exportKind, isStart } from "./dispatch-command.ts";
import { firstStepOf } from "./first-step.ts";
import { postpone } from "./postpone.ts";

export interface Service {
  readonly listening: boolean;
  stop(): Promise<void>;
}

const batch = 20;

/** Carries command rows to Temporal as they are written. Commands that Temporal does not answer stay pending for a later sweep, for most of a day. */
export function startDispatcher(options: {
  control: pg.Pool;
  controlUrl: string;
  client: Client;
  taskQueue: string;
  startExport: DispatchTarget["startExport"];
  lookAgain: DispatchTarget["lookAgain"];
  logger: Logger;
}): Service {
  const { control, controlUrl, client, taskQueue, startExport, lookAgain, logger } = options;
  const drain = createDrain({
    concurrency: 4,
    sweepEveryMs: 2_000,
    logger,
    work: async () => {
      const carryOut = async (command: PendingCommand): Promise<Dispatch> => {
        const log = logger.child({ operationId: command.operationId, commandId: command.commandId });
        try {
          const result = await dispatchCommand({ client, taskQueue, eagerStart: true, startExport, lookAgain }, command);
          if (result.outcome === "refused") {
            log.warn({ refusal: result.refusal }, "command refused");
            await endUnbegun(control, command);
          }
          if (result.outcome === "dispatched") log.info({ kind: command.kind }, "command dispatched");
          return result;
        } catch (error) {
          const result = postpone(command);
          log.warn({ err: error, ...result }, result.outcome === "refused" ? "command given up" : "command postponed");
          // Nothing else would tell of an operation whose run never began.
          if (result.outcome === "refused" && command.operation !== null && isStart(command.kind)) {
            const failure = { step: firstStepOf(command.operation), code: "UNAVAILABLE", reason: result.refusal };
            await parkOperation(control, { ...command, failures: [failure] });
          }
          if (result.outcome === "refused") await endUnbegun(control, command);
          return result;
        }
      };
      const { claimed, postponed } = await dispatchCommands(control, batch, (command) => {
        const { tenantId, kind, actor = null, requestId = null } = command;
        return withScope({ tenantId, actor, requestId, operation: `command.${kind}` }, () => carryOut(command));
      });
      return claimed === batch && postponed === 0;
    },
  });
  const listener = listen(controlUrl, {
    channels: ["commands"],
    applicationName: "leasehold-worker-commands",
    onNotification: drain.kick,
    onListening: drain.kick,
    onError: (error) => logger.warn({ err: error, channel: "commands" }, "not listening; trying again"),
  });
  return {
    get listening() {
      return listener.listening;
    },
    async stop() {
      await listener.close();
      await drain.stop();
    },
  };
}

/** An export whose run never began would wait for ever. */
async function endUnbegun(control: pg.Pool, { kind, tenantId, payload, requestId }: PendingCommand): Promise<void> {
  const { exportId } = payload;
  if (kind !== exportKind || !isId("export", exportId)) return;
  await failExport(control, { tenantId, exportId }, "not-started", requestId ?? newId("request"));
}
