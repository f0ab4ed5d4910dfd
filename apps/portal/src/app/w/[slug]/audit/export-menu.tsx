"use client";

import { isPlanId, plans } from "@leasehold/domain/plans";
import { Button } from "@leasehold/ui/components/ui/button";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "@leasehold/ui/components/ui/dropdown-menu";
import { Download } from "lucide-react";

/** The whole log with its chain as a file; nothing where the plan has no exports. */
export function ExportMenu({ slug, plan }: { slug: string; plan: string }) {
  if (!isPlanId(plan) || !plans[plan].entitlements.includes("audit-export")) return null;
  const href = (format: string) => `/api/audit/${encodeURIComponent(slug)}?format=${format}`;
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="secondary" size="sm">
          <Download aria-hidden />
          Export
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuItem asChild>
          <a href={href("ndjson")} download>
            Lines of JSON
          </a>
        </DropdownMenuItem>
        <DropdownMenuItem asChild>
          <a href={href("csv")} download>
            Table (CSV)
          </a>
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
