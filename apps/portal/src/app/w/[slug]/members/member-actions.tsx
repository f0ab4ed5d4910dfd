"use client";

import { canAssignRole, type Role } from "@leasehold/domain/roles";
import { ConfirmDialog } from "@leasehold/ui/components/confirm-dialog";
import { Button } from "@leasehold/ui/components/ui/button";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useWorkspace } from "../../../../components/workspace-shell.tsx";
import { messageOf } from "../../../../lib/errors.ts";
import { may } from "../../../../lib/may.ts";
import { useTRPC } from "../../../../trpc/client.tsx";
import type { Member } from "./client.tsx";
import { EraseMyself } from "./erase-myself.tsx";
import { ErasePerson } from "./erase-person.tsx";

/** States in which a person may be erased from a workspace that goes on, or is about to end. */
const erasable = new Set(["ACTIVE", "CLOSING"]);

/** Taking a member out, or leaving. */
export function MemberActions({ slug, member, by }: { slug: string; member: Member; by: Role }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const workspace = useWorkspace();
  const remove = useMutation(
    trpc.members.remove.mutationOptions({ onSuccess: () => queries.invalidateQueries(trpc.members.list.queryFilter({ slug })) }),
  );
  const leave = useMutation(trpc.members.leave.mutationOptions({ onSuccess: () => window.location.assign("/") }));
  if (member.self)
    return (
      <span className="inline-flex flex-wrap justify-end gap-1">
        <ConfirmDialog
          trigger={
            <Button variant="ghost" size="sm">
              Leave
            </Button>
          }
          title="Leave this workspace?"
          description="You lose access at once. Documents that you stored stay."
          undo="Somebody who is still a member can invite you again."
          actionLabel="Leave workspace"
          onConfirm={async () => void (await leave.mutateAsync({ slug }))}
          error={leave.error ? messageOf(leave.error) : undefined}
        />
        {erasable.has(workspace.state) ? <EraseMyself slug={slug} name={member.name} /> : null}
      </span>
    );
  if (!may(workspace, "members:manage") || !canAssignRole(by, member.role)) return null;
  const removing = (
    <ConfirmDialog
      trigger={
        <Button variant="ghost" size="sm" aria-label={`Remove ${member.name}`}>
          Remove
        </Button>
      }
      title={`Remove ${member.name}?`}
      description={`${member.email} loses access to this workspace.`}
      consequences={["Pages refuse them within seconds, and running requests within a minute.", "Documents that they stored stay."]}
      undo="You can invite them again."
      actionLabel="Remove member"
      onConfirm={async () => void (await remove.mutateAsync({ slug, userId: member.userId }))}
      error={remove.error ? messageOf(remove.error) : undefined}
    />
  );
  return (
    <span className="inline-flex flex-wrap justify-end gap-1">
      {removing}
      {may(workspace, "members:erase") ? <ErasePerson slug={slug} userId={member.userId} name={member.name} /> : null}
    </span>
  );
}
