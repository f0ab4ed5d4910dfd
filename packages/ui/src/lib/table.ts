import type { ReactNode } from "react";

export interface Column<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** What rows are ordered by in the browser. Null goes last. */
  sortBy?: (row: Row) => string | number | Date | null | undefined;
  /** The server orders by it: its header calls `onSortChange`. */
  sortable?: boolean;
  /** What the filter looks into; the value of `sortBy` when absent. */
  filterBy?: (row: Row) => string;
  align?: "start" | "end";
  /** Classes of the cells, for a width or `hidden md:table-cell`. */
  className?: string;
  /** Not offered in the choice of columns. */
  fixed?: boolean;
  /** Left out until chosen. */
  optional?: boolean;
}

export interface Sort {
  column: string;
  direction: "ascending" | "descending";
}

/** Ascending, then descending, then the order that the rows came in. */
export function nextSort(sort: Sort | null, column: string): Sort | null {
  if (sort?.column !== column) return { column, direction: "ascending" };
  return sort.direction === "ascending" ? { column, direction: "descending" } : null;
}

/** Rows in the order of `sort`; stable, text by the reader's alphabet with numbers as numbers, nulls last either way. */
export function sortRows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sort: Sort | null): readonly Row[] {
  const by = columns.find((column) => column.id === sort?.column)?.sortBy;
  if (!by || !sort) return rows;
  const sign = sort.direction === "ascending" ? 1 : -1;
  return rows.toSorted((left, right) => {
    const a = by(left);
    const b = by(right);
    if (a === null || a === undefined) return b === null || b === undefined ? 0 : 1;
    if (b === null || b === undefined) return -1;
    if (typeof a === "string" && typeof b === "string") return sign * a.localeCompare(b, "en", { numeric: true, sensitivity: "base" });
    return sign * (Number(a) - Number(b));
  });
}

/** Rows of which some column contains every word of `query`. */
export function filterRows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], query: string): readonly Row[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const text = columns
      .map((column) => column.filterBy?.(row) ?? String(column.sortBy?.(row) ?? ""))
      .join("\n")
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
