"use client";

import { apiKeyBounds } from "@leasehold/domain/api-keys";
import { apiKeyScopes } from "@leasehold/domain/roles";
import { Field } from "@leasehold/ui/components/field";
import { Button } from "@leasehold/ui/components/ui/button";
import { Checkbox } from "@leasehold/ui/components/ui/checkbox";
import { DialogClose, DialogFooter } from "@leasehold/ui/components/ui/dialog";
import { Input } from "@leasehold/ui/components/ui/input";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@leasehold/ui/components/ui/select";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { FormAlert } from "../../../../components/form-alert.tsx";
import { useWorkspace } from "../../../../components/workspace-shell.tsx";
import { fieldError, formError } from "../../../../lib/errors.ts";
import { useTRPC } from "../../../../trpc/client.tsx";
import { RateFields, rateFields, readRate } from "./rate-fields.tsx";
import { scopeWords } from "./scope-words.ts";

type Scope = (typeof apiKeyScopes)[number];

export function CreateKeyForm({ slug, onMade }: { slug: string; onMade: (text: string | null) => void }) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { plan } = useWorkspace();
  const [scopes, setScopes] = useState<readonly Scope[]>(["documents:read"]);
  const [expiresInDays, setExpiresInDays] = useState(90);
  const [idempotencyKey, setIdempotencyKey] = useState(() => crypto.randomUUID());
  const create = useMutation(
    trpc.apiKeys.create.mutationOptions({
      onSuccess: ({ key }) => {
        onMade(key);
        return queries.invalidateQueries(trpc.apiKeys.list.queryFilter({ slug }));
      },
    }),
  );
  /** Another input is another request. */
  const changed = () => setIdempotencyKey(crypto.randomUUID());
  return (
    <form
      noValidate
      className="contents"
      onChange={changed}
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const input = { name: String(form.get("name")), scopes: [...scopes], expiresInDays, rate: readRate(form, plan) };
        create.mutate({ slug, ...input, idempotencyKey });
      }}
    >
      <div className="flex flex-col gap-4">
        <FormAlert>{formError(create.error, ["name", "scopes", ...rateFields])}</FormAlert>
        <Field label="Name" description="What will use it." error={fieldError(create.error, "name")}>
          <Input name="name" autoComplete="off" required maxLength={apiKeyBounds.nameLength} />
        </Field>
        <fieldset className="flex flex-col gap-3">
          <legend className="mb-1.5 font-medium">It may</legend>
          {apiKeyScopes.map((scope) => (
            <ScopeChoice
              key={scope}
              scope={scope}
              checked={scopes.includes(scope)}
              onChange={(checked) => {
                changed();
                setScopes(checked ? [...scopes, scope] : scopes.filter((other) => other !== scope));
              }}
            />
          ))}
          <p aria-live="polite" className="text-danger-text text-sm empty:hidden">
            {fieldError(create.error, "scopes")}
          </p>
        </fieldset>
        <Field label="Expires">
          {(control) => (
            <Select
              value={String(expiresInDays)}
              onValueChange={(days) => {
                changed();
                setExpiresInDays(Number(days));
              }}
            >
              <SelectTrigger {...control}>
                <SelectValue />
              </SelectTrigger>
              <SelectContent>
                {apiKeyBounds.lifetimeDays.map((days) => (
                  <SelectItem key={days} value={String(days)}>
                    In {days} days
                  </SelectItem>
                ))}
              </SelectContent>
            </Select>
          )}
        </Field>
        <RateFields plan={plan} error={create.error} />
      </div>
      <DialogFooter>
        <DialogClose asChild>
          <Button variant="secondary">Cancel</Button>
        </DialogClose>
        <Button type="submit" pending={create.isPending}>
          Create key
        </Button>
      </DialogFooter>
    </form>
  );
}

function ScopeChoice({ scope, checked, onChange }: { scope: Scope; checked: boolean; onChange: (checked: boolean) => void }) {
  const id = useId();
  const { label, description } = scopeWords[scope];
  return (
    <div className="flex gap-2.5">
      <Checkbox
        id={id}
        checked={checked}
        onCheckedChange={(next) => onChange(next === true)}
        aria-describedby={`${id}-about`}
        className="mt-0.5"
      />
      <div className="flex flex-col">
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        <span id={`${id}-about`} className="text-muted-foreground text-sm">
          {description}
        </span>
      </div>
    </div>
  );
}
