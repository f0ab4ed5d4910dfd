"use client";

import { CodeField } from "@leasehold/ui/components/code-field";
import { PasswordField } from "@leasehold/ui/components/password-field";
import { RecoveryCodes } from "@leasehold/ui/components/recovery-codes";
import { SecondFactorSecret } from "@leasehold/ui/components/second-factor-secret";
import { Button } from "@leasehold/ui/components/ui/button";
import Link from "next/link";
import { type FormEvent, useState } from "react";
import { beginSecondFactor, giveCode, type NewSecret, renewRecoveryCodes, signOut, turnOffSecondFactor } from "../../lib/session.ts";

interface SecondFactorProps {
  on: boolean;
  /** Whether nobody works here without one. */
  required: boolean;
  mustEnrol: boolean;
}

const leave = () => window.location.assign("/tenants");

/** Sets a second factor up, step by step; once it is on, makes new recovery codes and turns it off where that is allowed. */
export function SecondFactor({ on, required, mustEnrol }: SecondFactorProps) {
  const [made, setMade] = useState<NewSecret>();
  const [codes, setCodes] = useState<readonly string[]>();
  const [pending, setPending] = useState(false);
  const [error, setError] = useState<string>();
  if (codes) return <RecoveryCodes codes={codes} filename="leasehold-console-recovery-codes.txt" onDone={leave} />;
  const work = async (run: () => Promise<string | undefined>) => {
    if (pending) return;
    setPending(true);
    setError(undefined);
    setError(await run());
    setPending(false);
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const password = String(form.get("password"));
    const off = (event.nativeEvent as SubmitEvent).submitter?.getAttribute("value") === "off";
    void work(async () => {
      if (made) {
        const problem = await giveCode(String(form.get("code")));
        if (problem === undefined) setCodes(made.recoveryCodes);
        return problem;
      }
      if (off) {
        const problem = await turnOffSecondFactor(password);
        if (problem === undefined) leave();
        return problem;
      }
      if (on) {
        const answer = await renewRecoveryCodes(password);
        if ("problem" in answer) return answer.problem;
        setCodes(answer.recoveryCodes);
        return undefined;
      }
      const answer = await beginSecondFactor(password);
      if ("problem" in answer) return answer.problem;
      setMade(answer);
      return undefined;
    });
  };
  return (
    <form key={made ? "code" : "password"} onSubmit={submit} noValidate aria-label="Second factor" className="flex flex-col gap-5">
      {made ? (
        <>
          <SecondFactorSecret uri={made.uri} secret={made.secret} />
          <CodeField label="Code that the app shows" inputMode="numeric" autoFocus error={error} />
        </>
      ) : (
        <PasswordField label="Your password" name="password" autoComplete="current-password" required error={error} />
      )}
      <Button type="submit" size="lg" pending={pending}>
        {made ? "Turn on" : on ? "New recovery codes" : "Set up"}
      </Button>
      {on && !required && !made ? (
        <Button type="submit" name="do" value="off" variant="destructive">
          Turn off
        </Button>
      ) : null}
      {mustEnrol ? (
        <Button type="button" variant="ghost" onClick={() => void signOut()}>
          Sign out
        </Button>
      ) : (
        <Button asChild variant="ghost">
          <Link href="/tenants">Back to the console</Link>
        </Button>
      )}
    </form>
  );
}
