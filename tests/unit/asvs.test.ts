import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { asvsLevels } from "../support/asvs-levels.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(`${root}docs/asvs.md`, "utf8");
const states = ["met", "partly", "not met", "deployment"];

interface Row {
  ids: string[];
  state: string;
  tests: { file: string; title: string }[];
}

/** `8.2.1, 8.2.2`, and `3.2.*` for a whole section. */
function idsOf(cell: string): string[] {
  return cell.split(",").flatMap((part) => {
    const id = part.trim();
    if (!id.endsWith(".*")) return [id];
    const section = id.slice(0, -2);
    return [...(asvsLevels[section] ?? "")].map((_, index) => `${section}.${index + 1}`).filter(isAsked);
  });
}

function levelOf(id: string): number {
  const [chapter, section, number] = id.split(".");
  return Number(asvsLevels[`${chapter}.${section}`]?.[Number(number) - 1] ?? Number.NaN);
}
const isAsked = (id: string) => levelOf(id) <= 2;

const cellsOf = (line: string) =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
const rows = page
  .split("\n")
  .filter((line) => /^\| \d/.test(line) && cellsOf(line).length === 4)
  .map((line): Row => {
    const [ids = "", , state = "", tests = ""] = cellsOf(line);
    const named = [...tests.matchAll(/`([^`]+\.test\.ts)`(?:: ([^;]+))?/g)];
    return { ids: idsOf(ids), state, tests: named.map(([, file = "", title = ""]) => ({ file, title: title.trim() })) };
  });
const excluded = page
  .split("\n")
  .filter((line) => /^\| \d/.test(line) && cellsOf(line).length === 2)
  .flatMap((line) => idsOf(cellsOf(line)[0] ?? ""));

describe("docs/asvs.md", () => {
  test("names requirements that there are, of the levels that are asked for, each once", () => {
    const ids = [...rows.flatMap((row) => row.ids), ...excluded];
    for (const id of ids) expect(isAsked(id), id).toBe(true);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  test("leaves none of levels 1 and 2 out", () => {
    const named = new Set([...rows.flatMap((row) => row.ids), ...excluded]);
    const asked = Object.entries(asvsLevels)
      .flatMap(([section, levels]) => [...levels].map((_, index) => `${section}.${index + 1}`))
      .filter(isAsked);
    expect(asked.filter((id) => !named.has(id))).toEqual([]);
  });

  test("says of each what state it is in, and by which tests it is met", () => {
    for (const { ids, state, tests } of rows) {
      expect(states, ids.join()).toContain(state);
      if (state === "met") expect(tests.length, ids.join()).toBeGreaterThan(0);
    }
  });

  test("names tests that there are", () => {
    for (const { tests } of rows)
      for (const { file, title } of tests) {
        expect(existsSync(`${root}${file}`), file).toBe(true);
        expect(readFileSync(`${root}${file}`, "utf8"), `${file}: ${title}`).toContain(title);
      }
  });

  test("counts right", () => {
    const count = (state: string) => rows.filter((row) => row.state === state).flatMap((row) => row.ids).length;
    const [met, partly, notMet, deployment] = states.map(count);
    expect(page).toContain(`${met} met, ${partly} partly, ${notMet} not met, ${deployment} left to the deployment`);
  });
});
