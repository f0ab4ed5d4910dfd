import type { Stack } from "./stack.ts";
import { appUrl } from "./stack-env.ts";

/** The block that says where everything is, on stdout. */
export function printReady(stack: Stack, tookMs: number): void {
  const { operator, secondOperator } = stack.secrets;
  const rows = [
    ["Portal", appUrl(stack, "portal")],
    ["Console", `${appUrl(stack, "console")}   sign in: ${operator.email} / ${operator.password}`],
    ["", `or as the second operator, who approves: ${secondOperator.email} / ${secondOperator.password}`],
    ["Temporal UI", stack.temporal.uiUrl],
    ["Mail inbox", stack.mail.inboxUrl ?? "sent for real"],
    ["Data", stack.dataDir],
    ["Stop", "Ctrl-C, or `pnpm stop` from another terminal; `pnpm reset` deletes the data"],
  ];
  const lines = rows.map(([name = "", value = ""]) => `  ${name.padEnd(12)} ${value}`);
  const title = `  Leasehold is ready (${(tookMs / 1_000).toFixed(1)} s)`;
  const rule = "─".repeat(Math.max(...lines.map((line) => line.length), title.length) + 2);
  console.log(["", rule, title, "", ...lines, rule, ""].join("\n"));
}
