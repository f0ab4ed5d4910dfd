"use client";

import { tenantStatePresentation } from "@leasehold/domain/tenant-states";
import { Button } from "@leasehold/ui/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@leasehold/ui/components/ui/dropdown-menu";
import { Check, ChevronsUpDown, Plus } from "lucide-react";
import Link from "next/link";
import type { Workspace } from "./workspace-shell.tsx";

/** What is on its way out says so. */
const leaving: Record<string, string> = {
  CLOSING: tenantStatePresentation.CLOSING.label,
  SHREDDING: tenantStatePresentation.SHREDDING.label,
};

export function TenantSwitcher({ current, workspaces }: { current: Workspace; workspaces: readonly Workspace[] }) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="secondary" className="w-full justify-between" aria-label={`Workspace: ${current.name}`}>
          <span className="truncate">{current.name}</span>
          <ChevronsUpDown aria-hidden="true" className="text-muted-foreground" />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="start" className="w-54">
        <DropdownMenuLabel>Workspaces</DropdownMenuLabel>
        {workspaces.map((workspace) => (
          <DropdownMenuItem key={workspace.tenantId} asChild>
            <a href={`/w/${workspace.slug}`} aria-current={workspace.tenantId === current.tenantId ? "true" : undefined}>
              <span className="truncate">{workspace.name}</span>
              {leaving[workspace.state] ? <span className="ml-auto text-muted-foreground text-sm">{leaving[workspace.state]}</span> : null}
              {workspace.tenantId === current.tenantId ? (
                <Check aria-hidden="true" className={leaving[workspace.state] ? undefined : "ml-auto"} />
              ) : null}
            </a>
          </DropdownMenuItem>
        ))}
        <DropdownMenuSeparator />
        <DropdownMenuItem asChild>
          <Link href="/sign-up">
            <Plus aria-hidden="true" />
            Create a workspace
          </Link>
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
