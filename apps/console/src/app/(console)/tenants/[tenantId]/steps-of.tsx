import type { PlanId } from "@leasehold/domain/plans";
import type { Step } from "@leasehold/ui/components/step-list";
import { plannedSteps, stepLabel } from "../../../../lib/step-label.ts";
import type { Operation } from "./types.ts";

/** The rows that exist, and the steps that will come, in one order. A rejected operation has none to come. */
export function stepsOf(operation: Operation, plan: PlanId): Step[] {
  const rows = new Map(operation.steps.map((step) => [step.step, step]));
  const open = operation.finishedAt === null;
  const planned = plannedSteps(operation.kind, plan, [...rows.keys()]).filter((step) => open || rows.has(step));
  const names = [...planned, ...[...rows.keys()].filter((step) => !planned.includes(step))];
  return names.map((name) => {
    const row = rows.get(name);
    if (!row) return { id: name, label: stepLabel(operation.kind, name), state: "PENDING" };
    return {
      id: name,
      label: stepLabel(operation.kind, name),
      state: row.state,
      startedAt: row.startedAt,
      endedAt: row.finishedAt,
      detail:
        row.attempt > 1 || row.errorCode ? (
          <span className="break-words">
            {row.attempt > 1 ? `Attempt ${row.attempt}. ` : null}
            {row.errorMessage} {row.errorCode ? <code className="font-mono">{row.errorCode}</code> : null}
          </span>
        ) : undefined,
    };
  });
}
