"use client";

import type { OperatorRole } from "@leasehold/domain/operators";
import { Button } from "@leasehold/ui/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@leasehold/ui/components/ui/dropdown-menu";
import { CircleUser, KeyRound, LogOut } from "lucide-react";
import Link from "next/link";
import { signOut } from "../lib/session.ts";

export function OperatorMenu({ name, email, role }: { name: string; email: string; role: OperatorRole | undefined }) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon-sm" aria-label={`Signed in as ${name}`}>
          <CircleUser aria-hidden="true" />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuLabel>
          <span className="block font-medium text-foreground">{name}</span>
          <span className="block">{email}</span>
          <span className="block">{role === undefined ? "No role yet" : `Role: ${role}`}</span>
        </DropdownMenuLabel>
        <DropdownMenuSeparator />
        <DropdownMenuItem asChild>
          <Link href="/second-factor">
            <KeyRound aria-hidden="true" />
            Second factor
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => void signOut()}>
          <LogOut aria-hidden="true" />
          Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
