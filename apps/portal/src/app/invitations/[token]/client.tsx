"use client";

import { roleDescriptions } from "@leasehold/domain/roles";
import { Field } from "@leasehold/ui/components/field";
import { PasswordField } from "@leasehold/ui/components/password-field";
import { Button } from "@leasehold/ui/components/ui/button";
import { Input } from "@leasehold/ui/components/ui/input";
import { useMutation } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import Link from "next/link";
import { useRef } from "react";
import { FormAlert } from "../../../components/form-alert.tsx";
import { fieldError, formError } from "../../../lib/errors.ts";
import { passwordHint } from "../../../lib/password-hint.ts";
import { useFocusInvalid } from "../../../lib/use-focus-invalid.ts";
import type { PortalRouter } from "../../../server/routers/root.ts";
import { useTRPC } from "../../../trpc/client.tsx";

type Invitation = inferRouterOutputs<PortalRouter>["invitations"]["get"];

const open = ({ slug }: { slug: string }) => window.location.assign(`/w/${slug}`);

export function AcceptInvitation({ token, invitation }: { token: string; invitation: Invitation }) {
  const next = encodeURIComponent(`/invitations/${token}`);
  const trpc = useTRPC();
  const accept = useMutation(trpc.invitations.accept.mutationOptions({ onSuccess: open }));
  const signOut = useMutation(trpc.session.signOut.mutationOptions({ onSuccess: () => window.location.reload() }));
  return (
    <div className="flex flex-col gap-5">
      <p className="text-muted-foreground">
        <span className="font-medium text-foreground capitalize">{invitation.role}:</span> {roleDescriptions[invitation.role].toLowerCase()}
        .
      </p>
      <FormAlert>{formError(accept.error, [])}</FormAlert>
      {invitation.account === "signed-in" ? (
        <Button size="lg" pending={accept.isPending || accept.isSuccess} onClick={() => accept.mutate({ token })}>
          Accept invitation
        </Button>
      ) : null}
      {invitation.account === "exists" ? (
        <Button asChild size="lg">
          <Link href={`/sign-in?next=${next}`}>Sign in to accept</Link>
        </Button>
      ) : null}
      {invitation.account === "other" ? (
        <>
          <p>You are signed in with another address. Sign out to accept this invitation.</p>
          <Button size="lg" pending={signOut.isPending} onClick={() => signOut.mutate()}>
            Sign out
          </Button>
        </>
      ) : null}
      {invitation.account === "none" ? <RegisterForm token={token} email={invitation.email} /> : null}
    </div>
  );
}

function RegisterForm({ token, email }: { token: string; email: string }) {
  const register = useMutation(useTRPC().invitations.register.mutationOptions({ onSuccess: open }));
  const form = useRef<HTMLFormElement>(null);
  useFocusInvalid(form, register.error);
  return (
    <form
      ref={form}
      noValidate
      aria-label="Create an account"
      className="flex flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        const data = new FormData(event.currentTarget);
        register.mutate({ token, name: String(data.get("name")), password: String(data.get("password")) });
      }}
    >
      <FormAlert>{formError(register.error, ["name", "password"])}</FormAlert>
      <Field label="Work email">
        <Input name="email" type="email" autoComplete="username" readOnly value={email} />
      </Field>
      <Field label="Your name" error={fieldError(register.error, "name")}>
        <Input name="name" autoComplete="name" required maxLength={80} />
      </Field>
      <PasswordField
        label="Password"
        name="password"
        autoComplete="new-password"
        required
        hint={passwordHint}
        error={fieldError(register.error, "password")}
      />
      <Button type="submit" size="lg" pending={register.isPending || register.isSuccess}>
        Accept invitation
      </Button>
    </form>
  );
}
