"use client";

import { CodeField } from "@leasehold/ui/components/code-field";
import { FormCard } from "@leasehold/ui/components/form-card";
import { PasswordField } from "@leasehold/ui/components/password-field";
import { StatusBadge } from "@leasehold/ui/components/status-badge";
import { Button } from "@leasehold/ui/components/ui/button";
import { toast } from "@leasehold/ui/components/ui/sonner";
import { useMutation } from "@tanstack/react-query";
import { useRef } from "react";
import { FormAlert } from "../../../../components/form-alert.tsx";
import { fieldError, formError, reasonOf } from "../../../../lib/errors.ts";
import { useTRPC } from "../../../../trpc/client.tsx";

interface SecondFactorOnProps {
  title: string;
  /** How many recovery codes are left. */
  left: number;
  onNewCodes: (codes: readonly string[]) => void;
  onOff: () => void;
}

/** What can be done with a second factor that is on, each with the password, and with a code unless the sign-in is fresh. */
export function SecondFactorOn({ title, left, onNewCodes, onOff }: SecondFactorOnProps) {
  const trpc = useTRPC();
  const form = useRef<HTMLFormElement>(null);
  const renew = useMutation(trpc.secondFactor.renewCodes.mutationOptions({ onSuccess: ({ recoveryCodes }) => onNewCodes(recoveryCodes) }));
  const turnOff = useMutation(
    trpc.secondFactor.turnOff.mutationOptions({
      onSuccess: () => {
        toast.success("The second factor is off");
        onOff();
      },
    }),
  );
  const error = renew.error ?? turnOff.error;
  const asksCode = ["code-needed", "code-wrong"].includes(reasonOf(error) ?? "");
  const given = () => {
    renew.reset();
    turnOff.reset();
    const data = new FormData(form.current ?? undefined);
    const code = String(data.get("code") ?? "");
    return { password: String(data.get("password")), ...(code === "" ? {} : { code }) };
  };
  return (
    <FormCard
      ref={form}
      title={title}
      description={`Signing in takes a code of your app. ${left} recovery ${left === 1 ? "code is" : "codes are"} left.`}
      hint={<StatusBadge tone="success" label="On" />}
      onSubmit={(event) => {
        event.preventDefault();
        renew.mutate(given());
      }}
      footer={
        <>
          <Button type="button" variant="destructive" pending={turnOff.isPending} onClick={() => turnOff.mutate(given())}>
            Turn off
          </Button>
          <Button type="submit" variant="secondary" pending={renew.isPending}>
            New recovery codes
          </Button>
        </>
      }
    >
      <FormAlert>{formError(error, ["password", "code"])}</FormAlert>
      <PasswordField label="Your password" name="password" autoComplete="current-password" error={fieldError(error, "password")} />
      {asksCode ? <CodeField error={fieldError(error, "code")} /> : null}
    </FormCard>
  );
}
