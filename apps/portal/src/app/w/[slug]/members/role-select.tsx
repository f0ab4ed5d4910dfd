"use client";

import { canAssignRole, type Role, roles } from "@leasehold/domain/roles";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@leasehold/ui/components/ui/select";
import { toast } from "@leasehold/ui/components/ui/sonner";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useWorkspace } from "../../../../components/workspace-shell.tsx";
import { messageOf } from "../../../../lib/errors.ts";
import { may } from "../../../../lib/may.ts";
import { useTRPC } from "../../../../trpc/client.tsx";
import type { Member } from "./client.tsx";

/** A member's role: a choice for those who may change it, words for the others. */
export function RoleSelect({ slug, member, by }: { slug: string; member: Member; by: Role }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const workspace = useWorkspace();
  const change = useMutation(
    trpc.members.changeRole.mutationOptions({
      onError: (error) => toast.error(messageOf(error)),
      onSettled: () => queries.invalidateQueries(trpc.members.list.queryFilter({ slug })),
    }),
  );
  if (!may(workspace, "members:manage") || !canAssignRole(by, member.role)) return <span className="capitalize">{member.role}</span>;
  const shown = change.isPending ? change.variables.role : member.role;
  return (
    <Select
      value={shown}
      disabled={change.isPending}
      onValueChange={(role) => change.mutate({ slug, userId: member.userId, role: role as Role })}
    >
      <SelectTrigger size="sm" className="w-28" aria-label={`Role of ${member.name}`}>
        <SelectValue />
      </SelectTrigger>
      <SelectContent>
        {roles
          .filter((role) => canAssignRole(by, role))
          .map((role) => (
            <SelectItem key={role} value={role}>
              <span className="capitalize">{role}</span>
            </SelectItem>
          ))}
      </SelectContent>
    </Select>
  );
}
