import { keyChangeSteps, rotationSteps } from "./steps.ts";

/** A Mermaid flow of the steps of each operation on keys, as the docs show it; a test keeps docs and data equal. */
export function keyOperationsDiagram(): string {
  const flow = (name: string, steps: readonly { step: string; label: string }[]) => [
    `  subgraph ${name}`,
    ...steps.map(({ step, label }) => `    ${step}["${label}"]`),
    ...steps.slice(1).map(({ step }, index) => `    ${steps[index]?.step} --> ${step}`),
    "  end",
  ];
  return ["flowchart LR", ...flow("rotation", rotationSteps), ...flow("change", keyChangeSteps)].join("\n");
}
