import { LocalError } from "./local-error.ts";

const needed = 24;

/** @throws {LocalError} NODE_TOO_OLD */
export function assertNode(version: string = process.versions.node): void {
  if (Number.parseInt(version, 10) >= needed) return;
  throw new LocalError(
    "NODE_TOO_OLD",
    `This is Node ${version}; ${needed} is needed.`,
    `Run it as \`npx pnpm@12 dev\`: the project brings its own Node ${needed}.`,
  );
}
