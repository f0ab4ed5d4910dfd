"use client";

import { planIds, plans } from "@leasehold/domain/plans";
import { tenantStatePresentation, tenantStates } from "@leasehold/domain/tenant-states";
import { Button } from "@leasehold/ui/components/ui/button";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@leasehold/ui/components/ui/select";
import type { TenantView } from "./search-params.ts";

const all = "all";

export function TenantFilters({ view, onChange }: { view: TenantView; onChange: (changes: Partial<TenantView>) => void }) {
  return (
    <>
      <Select value={view.state ?? all} onValueChange={(value) => onChange({ state: tenantStates.find((state) => state === value) })}>
        <SelectTrigger size="sm" aria-label="State" className="w-auto min-w-32">
          <SelectValue />
        </SelectTrigger>
        <SelectContent>
          <SelectItem value={all}>All states</SelectItem>
          {tenantStates.map((state) => (
            <SelectItem key={state} value={state}>
              {tenantStatePresentation[state].label}
            </SelectItem>
          ))}
        </SelectContent>
      </Select>
      <Select value={view.plan ?? all} onValueChange={(value) => onChange({ plan: planIds.find((plan) => plan === value) })}>
        <SelectTrigger size="sm" aria-label="Plan" className="w-auto min-w-32">
          <SelectValue />
        </SelectTrigger>
        <SelectContent>
          <SelectItem value={all}>All plans</SelectItem>
          {planIds.map((plan) => (
            <SelectItem key={plan} value={plan}>
              {plans[plan].name}
            </SelectItem>
          ))}
        </SelectContent>
      </Select>
      <Toggle pressed={view.attention} onToggle={(attention) => onChange({ attention })}>
        Needs attention
      </Toggle>
      <Toggle pressed={view.legalHold} onToggle={(legalHold) => onChange({ legalHold })}>
        Legal hold
      </Toggle>
    </>
  );
}

function Toggle({ pressed, onToggle, children }: { pressed: boolean; onToggle: (pressed: boolean) => void; children: string }) {
  return (
    <Button
      variant="secondary"
      size="sm"
      aria-pressed={pressed}
      onClick={() => onToggle(!pressed)}
      className="aria-pressed:border-primary aria-pressed:bg-primary-soft aria-pressed:text-primary-text"
    >
      {children}
    </Button>
  );
}
