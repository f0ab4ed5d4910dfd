"use client";

import { Columns3, Search } from "lucide-react";
import type { ReactNode } from "react";
import type { Column } from "../lib/table.ts";
import { Button } from "./ui/button.tsx";
import {
  DropdownMenu,
  DropdownMenuCheckboxItem,
  DropdownMenuContent,
  DropdownMenuLabel,
  DropdownMenuTrigger,
} from "./ui/dropdown-menu.tsx";
import { Input } from "./ui/input.tsx";

export interface DataTableToolbarProps<Row> {
  filterLabel?: string;
  filter: string;
  onFilterChange: (filter: string) => void;
  children?: ReactNode;
  columns: readonly Column<Row>[];
  hidden: ReadonlySet<string>;
  onHiddenChange: (hidden: ReadonlySet<string>) => void;
  columnChoice: boolean;
}

export function DataTableToolbar<Row>(props: DataTableToolbarProps<Row>) {
  const { filterLabel, filter, onFilterChange, children, columns, hidden, onHiddenChange, columnChoice } = props;
  const toggle = (id: string, shown: boolean) => {
    const next = new Set(hidden);
    if (shown) next.delete(id);
    else next.add(id);
    onHiddenChange(next);
  };
  return (
    <div className="flex flex-wrap items-center gap-2">
      {filterLabel ? (
        <div className="relative w-full sm:w-64">
          <Search aria-hidden="true" className="pointer-events-none absolute inset-y-0 left-2.5 my-auto size-4 text-muted-foreground" />
          <Input
            type="search"
            aria-label={filterLabel}
            placeholder={filterLabel}
            value={filter}
            onChange={(event) => onFilterChange(event.target.value)}
            className="h-8 pl-8.5"
          />
        </div>
      ) : null}
      {children}
      {columnChoice ? (
        <DropdownMenu>
          <DropdownMenuTrigger asChild>
            <Button variant="secondary" size="sm" className="ml-auto">
              <Columns3 aria-hidden="true" />
              Columns
            </Button>
          </DropdownMenuTrigger>
          <DropdownMenuContent align="end">
            <DropdownMenuLabel>Columns shown</DropdownMenuLabel>
            {columns
              .filter((column) => !column.fixed)
              .map((column) => (
                <DropdownMenuCheckboxItem
                  key={column.id}
                  checked={!hidden.has(column.id)}
                  onCheckedChange={(shown) => toggle(column.id, shown)}
                  onSelect={(event) => event.preventDefault()}
                >
                  {column.header}
                </DropdownMenuCheckboxItem>
              ))}
          </DropdownMenuContent>
        </DropdownMenu>
      ) : null}
    </div>
  );
}
