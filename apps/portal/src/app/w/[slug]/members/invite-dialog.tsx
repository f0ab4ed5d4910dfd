"use client";

import { canAssignRole, type Role, roleDescriptions, roles } from "@leasehold/domain/roles";
import { Field } from "@leasehold/ui/components/field";
import { Button } from "@leasehold/ui/components/ui/button";
import {
  Dialog,
  DialogClose,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
  DialogTrigger,
} from "@leasehold/ui/components/ui/dialog";
import { Input } from "@leasehold/ui/components/ui/input";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@leasehold/ui/components/ui/select";
import { toast } from "@leasehold/ui/components/ui/sonner";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { FormAlert } from "../../../../components/form-alert.tsx";
import { fieldError, formError } from "../../../../lib/errors.ts";
import { useTRPC } from "../../../../trpc/client.tsx";

export function InviteDialog({ slug, by }: { slug: string; by: Role }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const roleId = useId();
  const [open, setOpen] = useState(false);
  const [role, setRole] = useState<Role>("member");
  const invite = useMutation(
    trpc.members.invite.mutationOptions({
      onSuccess: (_, { email }) => {
        setOpen(false);
        toast.success(`Invitation sent to ${email}`);
        return queries.invalidateQueries(trpc.members.invitations.queryFilter({ slug }));
      },
    }),
  );
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        setOpen(next);
        if (next) invite.reset();
      }}
    >
      <DialogTrigger asChild>
        <Button>Invite member</Button>
      </DialogTrigger>
      <DialogContent>
        <form
          noValidate
          className="contents"
          onSubmit={(event) => {
            event.preventDefault();
            invite.mutate({ slug, email: String(new FormData(event.currentTarget).get("email")), role });
          }}
        >
          <DialogHeader>
            <DialogTitle>Invite member</DialogTitle>
            <DialogDescription>We mail a link that is good for seven days.</DialogDescription>
          </DialogHeader>
          <div className="flex flex-col gap-4">
            <FormAlert>{formError(invite.error, ["email"])}</FormAlert>
            <Field label="Email" error={fieldError(invite.error, "email")}>
              <Input name="email" type="email" autoComplete="off" required maxLength={254} />
            </Field>
            <Field label="Role" description={roleDescriptions[role]} id={roleId}>
              <RoleTrigger value={role} onChange={setRole} by={by} />
            </Field>
          </div>
          <DialogFooter>
            <DialogClose asChild>
              <Button variant="secondary">Cancel</Button>
            </DialogClose>
            <Button type="submit" pending={invite.isPending}>
              Send invitation
            </Button>
          </DialogFooter>
        </form>
      </DialogContent>
    </Dialog>
  );
}

function RoleTrigger({ value, onChange, by, ...control }: { value: Role; onChange: (role: Role) => void; by: Role; id?: string }) {
  return (
    <Select value={value} onValueChange={(role) => onChange(role as Role)}>
      <SelectTrigger {...control}>
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
