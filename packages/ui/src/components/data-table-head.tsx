import { ArrowDown, ArrowUp, ChevronsUpDown } from "lucide-react";
import { cn } from "../lib/cn.ts";
import type { Column, Sort } from "../lib/table.ts";
import { TableHead, TableHeader } from "./ui/table.tsx";

export interface DataTableHeadProps<Row> {
  columns: readonly Column<Row>[];
  sort: Sort | null;
  onSort: (column: string) => void;
}

export function DataTableHead<Row>({ columns, sort, onSort }: DataTableHeadProps<Row>) {
  return (
    <TableHeader>
      <tr>
        {columns.map((column) => {
          const sorted = sort?.column === column.id ? sort.direction : undefined;
          const Mark = sorted === "ascending" ? ArrowUp : sorted === "descending" ? ArrowDown : ChevronsUpDown;
          return (
            <TableHead key={column.id} aria-sort={sorted} className={cn(column.align === "end" && "text-right", column.className)}>
              {column.sortBy || column.sortable ? (
                <button
                  type="button"
                  onClick={() => onSort(column.id)}
                  className={cn(
                    "group -mx-1 inline-flex h-6 items-center gap-1 rounded-sm px-1 hover:text-foreground",
                    sorted && "text-foreground",
                  )}
                >
                  {column.header}
                  <Mark aria-hidden="true" className={cn("size-3.5", !sorted && "opacity-40 group-hover:opacity-100")} />
                </button>
              ) : (
                column.header || <span className="sr-only">Actions</span>
              )}
            </TableHead>
          );
        })}
      </tr>
    </TableHeader>
  );
}
