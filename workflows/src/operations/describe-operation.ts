import type { OperationState, StepState } from "@leasehold/domain/operations";
import type { StepFailure } from "./step-failure.ts";

const marks: Record<StepState, string> = {
  PENDING: "·",
  RUNNING: "▶",
  RETRYING: "▶",
  SUCCEEDED: "✓",
  FAILED: "✗",
  UNDOING: "◀",
  UNDONE: "↩",
  SKIPPED: "–",
};

/** The current details of a run as Markdown, for the Temporal UI. */
export function describeOperation(
  status: OperationState,
  steps: ReadonlyMap<string, StepState>,
  labels: Readonly<Record<string, string>>,
  parked: StepFailure<string> | undefined,
): string {
  const lines = [`**${status}**`, ""];
  for (const [step, state] of steps) lines.push(`- ${marks[state]} ${labels[step] ?? step} (\`${step}\`): ${state}`);
  if (parked) {
    lines.push(
      "",
      `Parked at \`${parked.step}\`: **${parked.code}** ${parked.reason}`,
      "",
      "An operator decides: retry this step, or roll back.",
    );
  }
  return lines.join("\n");
}
