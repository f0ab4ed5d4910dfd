"use client";

import { Field } from "@leasehold/ui/components/field";
import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { Section } from "@leasehold/ui/components/section";
import { Button } from "@leasehold/ui/components/ui/button";
import { Input } from "@leasehold/ui/components/ui/input";
import { toast } from "@leasehold/ui/components/ui/sonner";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { FormAlert } from "../../../../components/form-alert.tsx";
import { ReasonDialog } from "../../../../components/reason-dialog.tsx";
import { fieldError, formError } from "../../../../lib/errors.ts";
import { useTRPC } from "../../../../trpc/client.tsx";
import type { Encryption } from "./encryption.tsx";
import { KeyPolicy } from "./key-policy.tsx";

interface CustomerKeyCardProps {
  slug: string;
  encryption: Encryption;
  busy: boolean;
  onChanged: () => void;
}

/** A key of the organization's own: what it has to allow, a trial that changes nothing, and the change. */
export function CustomerKeyCard({ slug, encryption, busy, onChanged }: CustomerKeyCardProps) {
  const trpc = useTRPC();
  const [keyArn, setKeyArn] = useState("");
  const asked = { onSuccess: onChanged };
  const trial = useMutation(trpc.keys.tryKey.mutationOptions(asked));
  const change = useMutation(trpc.keys.change.mutationOptions(asked));
  const own = encryption.custody === "customer";
  if (!encryption.entitled) {
    return (
      <Section title="Your own key" description="A key in your AWS account that you can switch off at any time.">
        <p className="text-muted-foreground">Part of the Business and Enterprise plans.</p>
      </Section>
    );
  }
  return (
    <Section
      title="Your own key"
      description="A key in your AWS account wraps this workspace’s data keys. Disable it and the workspace closes within a minute; enable it and it opens again."
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          trial.mutate({ slug, keyArn, idempotencyKey: crypto.randomUUID() });
        }}
      >
        <KeyPolicy policy={encryption.policy} />
        <FormAlert>{formError(trial.error, ["keyArn"])}</FormAlert>
        <Field
          label="Key ARN"
          error={fieldError(trial.error, "keyArn")}
          description={`A symmetric key for encrypting and decrypting, in ${encryption.region}.`}
        >
          <Input
            value={keyArn}
            onChange={(event) => setKeyArn(event.target.value)}
            placeholder={`arn:aws:kms:${encryption.region}:111122223333:key/…`}
            className="font-mono"
            autoComplete="off"
            spellCheck={false}
          />
        </Field>
        <Trial trial={encryption.trial} />
        <div className="flex flex-wrap gap-2">
          <Button type="submit" variant="secondary" pending={trial.isPending} disabled={busy || keyArn === ""}>
            Try the key
          </Button>
          <ReasonDialog
            trigger={<Button disabled={busy || keyArn === ""}>Use this key</Button>}
            title="Use your own key?"
            description="The data keys are wrapped under your key and, from then on, open with nothing else. Whoever disables or deletes it closes the workspace; a deleted key cannot be brought back by anybody."
            actionLabel="Use this key"
            onDecide={async (decision) => {
              await change.mutateAsync({ slug, keyArn, ...decision });
              toast.success("Change of key requested");
            }}
          />
          {own ? (
            <ReasonDialog
              trigger={
                <Button variant="secondary" disabled={busy}>
                  Go back to Leasehold’s key
                </Button>
              }
              title="Go back to a key that Leasehold manages?"
              description="The data keys are wrapped under the key that was made for this workspace. Your own key has to be enabled for this one time, and is not used any more after it."
              actionLabel="Go back"
              onDecide={async (decision) => {
                await change.mutateAsync({ slug, ...decision });
                toast.success("Change of key requested");
              }}
            />
          ) : null}
        </div>
      </form>
    </Section>
  );
}

function Trial({ trial }: { trial: Encryption["trial"] }) {
  if (trial === null) return null;
  const { problems } = trial;
  return (
    <div className="flex flex-col gap-2 rounded-lg border bg-card p-4" aria-live="polite">
      <p className="text-sm">
        <span className={problems.length === 0 ? "text-success-text" : "text-danger-text"}>
          {problems.length === 0 ? "The key can be used." : "The key cannot be used yet."}
        </span>{" "}
        <span className="text-muted-foreground">
          <span className="break-all font-mono">{trial.keyArn}</span>, tried <RelativeTime value={new Date(trial.at)} />
        </span>
      </p>
      {problems.length === 0 ? null : (
        <ul className="flex flex-col gap-1 text-sm">
          {problems.map(({ subject, remedy }) => (
            <li key={subject}>
              <span className="font-mono">{subject}</span>: {remedy}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
