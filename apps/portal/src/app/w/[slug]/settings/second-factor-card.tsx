"use client";

import { CodeField } from "@leasehold/ui/components/code-field";
import { FormCard } from "@leasehold/ui/components/form-card";
import { PasswordField } from "@leasehold/ui/components/password-field";
import { RecoveryCodes } from "@leasehold/ui/components/recovery-codes";
import { SecondFactorSecret } from "@leasehold/ui/components/second-factor-secret";
import { StatusBadge } from "@leasehold/ui/components/status-badge";
import { Button } from "@leasehold/ui/components/ui/button";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { FormAlert } from "../../../../components/form-alert.tsx";
import { fieldError, formError } from "../../../../lib/errors.ts";
import { useTRPC } from "../../../../trpc/client.tsx";
import { SecondFactorOn } from "./second-factor-on.tsx";

const title = "Second factor";
const description =
  "A code of an app on your phone, beside the password, when you sign in and before what cannot be undone. For every workspace that you are in.";

/** Turns the second factor on, step by step; once it is on, makes new recovery codes and turns it off. */
export function SecondFactorCard() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const state = useQuery(trpc.secondFactor.state.queryOptions());
  const [codes, setCodes] = useState<readonly string[]>();
  const refresh = () =>
    Promise.all([
      queries.invalidateQueries(trpc.secondFactor.state.queryFilter()),
      queries.invalidateQueries(trpc.session.list.queryFilter()),
    ]);
  const begin = useMutation(trpc.secondFactor.begin.mutationOptions());
  const confirm = useMutation(trpc.secondFactor.confirm.mutationOptions({ onSuccess: ({ recoveryCodes }) => setCodes(recoveryCodes) }));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    if (begin.data) confirm.mutate({ code: String(form.get("code")) });
    else begin.mutate({ password: String(form.get("password")) });
  };
  if (codes !== undefined)
    return (
      <FormCard title={title} description="It is on. Your other sessions have ended.">
        <RecoveryCodes
          codes={codes}
          filename="leasehold-recovery-codes.txt"
          onDone={() => {
            setCodes(undefined);
            begin.reset();
            confirm.reset();
            void refresh();
          }}
        />
      </FormCard>
    );
  if (state.data?.enabled)
    return <SecondFactorOn title={title} left={state.data.recoveryCodes} onNewCodes={setCodes} onOff={() => void refresh()} />;
  return (
    <FormCard
      title={title}
      description={description}
      onSubmit={submit}
      hint={<StatusBadge tone="neutral" label="Off" />}
      footer={
        <Button type="submit" pending={begin.isPending || confirm.isPending} disabled={!state.data}>
          {begin.data ? "Turn on" : "Set up"}
        </Button>
      }
    >
      <FormAlert>{formError(begin.error ?? confirm.error, ["password", "code"])}</FormAlert>
      {begin.data ? (
        <>
          <SecondFactorSecret {...begin.data} />
          <CodeField key="code" label="Code that the app shows" inputMode="numeric" autoFocus error={fieldError(confirm.error, "code")} />
        </>
      ) : (
        <PasswordField
          key="password"
          label="Your password"
          name="password"
          autoComplete="current-password"
          error={fieldError(begin.error, "password")}
        />
      )}
    </FormCard>
  );
}
