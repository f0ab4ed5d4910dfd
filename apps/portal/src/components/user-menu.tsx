"use client";

import { Button } from "@leasehold/ui/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@leasehold/ui/components/ui/dropdown-menu";
import { useMutation } from "@tanstack/react-query";
import { CircleUser, LogOut } from "lucide-react";
import { useTRPC } from "../trpc/client.tsx";

export function UserMenu({ user }: { user: { name: string; email: string } }) {
  const signOut = useMutation(useTRPC().session.signOut.mutationOptions({ onSettled: () => window.location.assign("/sign-in") }));
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="ghost" size="icon-sm" aria-label="Your account">
          <CircleUser aria-hidden="true" />
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end" className="min-w-52">
        <DropdownMenuLabel>
          <span className="block truncate font-medium text-foreground">{user.name}</span>
          <span className="block truncate font-normal text-muted-foreground text-sm">{user.email}</span>
        </DropdownMenuLabel>
        <DropdownMenuSeparator />
        <DropdownMenuItem onSelect={() => signOut.mutate()}>
          <LogOut aria-hidden="true" />
          Sign out
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
