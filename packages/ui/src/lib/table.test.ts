import { expect, test } from "vitest";
import { type Column, filterRows, nextSort, sortRows } from "./table.ts";

interface Row {
  name: string;
  size: number | null;
}

const columns: Column<Row>[] = [
  { id: "name", header: "Name", cell: (row) => row.name, sortBy: (row) => row.name },
  { id: "size", header: "Size", cell: (row) => row.size, sortBy: (row) => row.size },
];
const rows: Row[] = [
  { name: "report 10", size: null },
  { name: "Report 2", size: 3 },
  { name: "annex", size: 20 },
];
const names = (sorted: readonly Row[]) => sorted.map((row) => row.name);

test("orders names as people do and leaves the given rows alone", () => {
  expect(names(sortRows(rows, columns, { column: "name", direction: "ascending" }))).toEqual(["annex", "Report 2", "report 10"]);
  expect(names(rows)).toEqual(["report 10", "Report 2", "annex"]);
});

test("puts what has no value last in both directions", () => {
  expect(names(sortRows(rows, columns, { column: "size", direction: "ascending" }))).toEqual(["Report 2", "annex", "report 10"]);
  expect(names(sortRows(rows, columns, { column: "size", direction: "descending" }))).toEqual(["annex", "Report 2", "report 10"]);
});

test("turns a header from ascending to descending to unsorted", () => {
  const first = nextSort(null, "name");
  const second = nextSort(first, "name");
  expect([first?.direction, second?.direction, nextSort(second, "name")]).toEqual(["ascending", "descending", null]);
  expect(nextSort(second, "size")).toEqual({ column: "size", direction: "ascending" });
});

test("keeps the rows that contain every word", () => {
  expect(names(filterRows(rows, columns, "report 2"))).toEqual(["Report 2"]);
  expect(filterRows(rows, columns, "  ")).toHaveLength(3);
});
