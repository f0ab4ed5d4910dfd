"use client";

import { slugProblem, slugProblemMessages } from "@leasehold/domain/slugs";
import { Field } from "@leasehold/ui/components/field";
import { Input } from "@leasehold/ui/components/ui/input";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTRPC } from "../../trpc/client.tsx";

const waitMs = 250;

/** The address that a workspace will have, with whether it is free as it is typed. */
export function SlugField({ value, onChange, error }: { value: string; onChange: (slug: string) => void; error?: string | undefined }) {
  const settled = useSettled(value);
  const problem = value ? slugProblem(value) : undefined;
  const check = useQuery(useTRPC().signUp.checkSlug.queryOptions({ slug: settled }, { enabled: settled !== "" && !slugProblem(settled) }));
  const status = settled === value ? check.data?.status : undefined;
  const taken = status === "taken" ? "This address is taken. Choose another." : undefined;
  return (
    <Field
      label="Workspace address"
      error={error ?? (problem && value.length > 2 ? slugProblemMessages[problem] : taken)}
      description={
        <span aria-live="polite" className="flex min-h-5 flex-wrap gap-x-2">
          <span className="break-all font-mono text-sm">…/w/{value || "your-organization"}</span>
          {status === "available" && !problem ? <span className="text-success-text">is free</span> : null}
        </span>
      }
    >
      <Input
        name="slug"
        required
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={40}
        value={value}
        onChange={(event) => onChange(event.target.value.toLowerCase().trim())}
      />
    </Field>
  );
}

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), waitMs);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
