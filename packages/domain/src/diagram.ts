/** A Mermaid state diagram of a transition table, as the docs show it; a test keeps docs and data equal. */
export function stateDiagram(transitions: Record<string, readonly string[]>): string {
  const arrows = Object.entries(transitions).flatMap(([from, targets]) =>
    targets.length === 0 ? [`  ${from} --> [*]`] : targets.map((to) => `  ${from} --> ${to}`),
  );
  return ["stateDiagram-v2", `  [*] --> ${Object.keys(transitions)[0]}`, ...arrows].join("\n");
}
