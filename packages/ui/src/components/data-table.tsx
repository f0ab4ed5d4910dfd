"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";
import { cn } from "../lib/cn.ts";
import { formatCount } from "../lib/format.ts";
import { type Column, filterRows, nextSort, type Sort, sortRows } from "../lib/table.ts";
import { DataTableHead } from "./data-table-head.tsx";
import { DataTableToolbar } from "./data-table-toolbar.tsx";
import { Button } from "./ui/button.tsx";
import { Skeleton } from "./ui/skeleton.tsx";
import { Table, TableBody, TableCell, TableRow } from "./ui/table.tsx";

export type { Column, Sort } from "../lib/table.ts";

/** Classes of a link in a cell that makes its whole row the target; other controls of the row then need `relative z-10`. */
export const rowLink = "rounded-sm font-medium after:absolute after:inset-0 hover:underline";

/** Classes of a table whose rows are cards on a phone: the first cell is the card's title, the others stand under their columns' names. */
const asCards = {
  table: "max-sm:block max-sm:[&_tbody]:block max-sm:[&_thead]:hidden",
  row: "max-sm:flex max-sm:flex-col max-sm:gap-2 max-sm:px-4 max-sm:py-3",
  cell: [
    "max-sm:flex max-sm:h-auto max-sm:w-full max-sm:max-w-none max-sm:justify-between max-sm:gap-4 max-sm:whitespace-normal max-sm:p-0 max-sm:text-left max-sm:first:pl-0 max-sm:last:pr-0 max-sm:empty:hidden",
    "max-sm:before:shrink-0 max-sm:before:text-muted-foreground max-sm:before:text-sm max-sm:before:content-[attr(data-label)] max-sm:first:block max-sm:first:before:content-none",
    "max-sm:[&>*]:min-w-0",
  ].join(" "),
};

export interface DataTableProps<Row> {
  /** What the table lists; its accessible name. */
  label: string;
  columns: readonly Column<Row>[];
  /** Undefined while loading. */
  rows: readonly Row[] | undefined;
  rowId: (row: Row) => string;
  /** Given with `onSortChange`, the rows arrive in this order; otherwise the table orders them itself. */
  sort?: Sort | null;
  onSortChange?: (sort: Sort | null) => void;
  initialSort?: Sort;
  /** Shows the filter and names it: "Filter documents". */
  filterLabel?: string;
  /** Given with `onFilterChange`, the rows arrive filtered, and `empty` says so when none matches. */
  filter?: string;
  onFilterChange?: (filter: string) => void;
  /** Further filters and actions. */
  toolbar?: ReactNode;
  columnChoice?: boolean;
  empty: ReactNode;
  error?: ReactNode;
  /** Cursor pages; a direction without a handler is disabled. */
  pages?: { onPrevious?: () => void; onNext?: () => void; label?: ReactNode };
  skeletonRows?: number;
  /** On a phone each row is a card, every cell under the name of its column; a table would have to be scrolled sideways. */
  cards?: boolean;
  /** Newer rows are on their way; the old ones stay, dimmed. */
  refreshing?: boolean;
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const {
    label,
    columns,
    rows,
    rowId,
    empty,
    error,
    pages,
    filterLabel,
    columnChoice = false,
    skeletonRows = 8,
    refreshing = false,
    cards = false,
  } = props;
  const [ownSort, setOwnSort] = useState<Sort | null>(props.initialSort ?? null);
  const [ownFilter, setOwnFilter] = useState("");
  const [hidden, setHidden] = useState<ReadonlySet<string>>(
    () => new Set(columns.filter((column) => column.optional).map((column) => column.id)),
  );
  const sort = props.onSortChange ? (props.sort ?? null) : ownSort;
  const filter = props.onFilterChange ? (props.filter ?? "") : ownFilter;
  const shown = columns.filter((column) => !hidden.has(column.id));
  const filtered = rows && !props.onFilterChange ? filterRows(rows, columns, filter) : rows;
  const visible = filtered && !props.onSortChange ? sortRows(filtered, columns, sort) : filtered;
  const toolbar = filterLabel || props.toolbar || columnChoice;
  const message =
    error ?? (visible?.length === 0 ? filter.trim() && rows && !props.onFilterChange ? <NoMatch filter={filter} /> : empty : undefined);
  return (
    <div className="flex min-w-0 flex-col gap-3">
      {toolbar ? (
        <DataTableToolbar
          filterLabel={filterLabel}
          filter={filter}
          onFilterChange={props.onFilterChange ?? setOwnFilter}
          columns={columns}
          hidden={hidden}
          onHiddenChange={setHidden}
          columnChoice={columnChoice}
        >
          {props.toolbar}
        </DataTableToolbar>
      ) : null}
      <div className="overflow-hidden rounded-lg border bg-card shadow-xs">
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would not scroll */}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways has to scroll by keyboard too */}
        <div role="group" aria-label={label} tabIndex={0} className="relative overflow-x-auto focus-visible:-outline-offset-2">
          <Table
            aria-label={label}
            aria-busy={visible === undefined || refreshing}
            className={cn("transition-opacity", refreshing && "opacity-60", cards && asCards.table)}
          >
            <DataTableHead columns={shown} sort={sort} onSort={(column) => (props.onSortChange ?? setOwnSort)(nextSort(sort, column))} />
            <TableBody>
              {message ? (
                <tr className={cn(cards && "max-sm:block")}>
                  <td colSpan={shown.length} className={cn("p-0", cards && "max-sm:block")}>
                    <div className="sticky left-0 w-full max-w-[calc(100vw-34px)] [&>[role=alert]]:border-0 [&>[role=alert]]:shadow-none">
                      {message}
                    </div>
                  </td>
                </tr>
              ) : visible === undefined ? (
                Array.from({ length: skeletonRows }, (_, row) => <SkeletonRow key={`skeleton-${row}`} columns={shown} />)
              ) : (
                visible.map((row) => (
                  <TableRow key={rowId(row)} className={cn("relative", cards && asCards.row)}>
                    {shown.map((column) => (
                      <TableCell
                        key={column.id}
                        data-label={column.header}
                        className={cn(column.align === "end" && "text-right", column.className, cards && asCards.cell)}
                      >
                        {column.cell(row)}
                      </TableCell>
                    ))}
                  </TableRow>
                ))
              )}
            </TableBody>
          </Table>
        </div>
        {pages ? (
          <div className="flex min-h-11 items-center justify-between gap-3 border-t px-4 py-1.5 text-muted-foreground text-sm">
            <span aria-live="polite">{pages.label ?? (visible ? formatCount(visible.length, "row") : "")}</span>
            <div className="flex gap-1">
              <Button variant="ghost" size="icon-sm" aria-label="Previous page" disabled={!pages.onPrevious} onClick={pages.onPrevious}>
                <ChevronLeft aria-hidden="true" />
              </Button>
              <Button variant="ghost" size="icon-sm" aria-label="Next page" disabled={!pages.onNext} onClick={pages.onNext}>
                <ChevronRight aria-hidden="true" />
              </Button>
            </div>
          </div>
        ) : null}
      </div>
    </div>
  );
}

function SkeletonRow<Row>({ columns }: { columns: readonly Column<Row>[] }) {
  return (
    <tr className="border-b">
      {columns.map((column, index) => (
        <TableCell key={column.id} className={column.className}>
          <Skeleton className={cn("h-3.5", index === 0 ? "w-40" : "w-20", column.align === "end" && "ml-auto")} />
        </TableCell>
      ))}
    </tr>
  );
}

function NoMatch({ filter }: { filter: string }) {
  return <p className="px-6 py-12 text-center text-muted-foreground">Nothing matches “{filter.trim()}”. Change or clear the filter.</p>;
}
