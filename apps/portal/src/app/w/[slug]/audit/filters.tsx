"use client";

import { Button } from "@leasehold/ui/components/ui/button";
import { Input } from "@leasehold/ui/components/ui/input";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@leasehold/ui/components/ui/select";
import { useQuery } from "@tanstack/react-query";
import { auditGroups } from "../../../../lib/audit-words.ts";
import { useTRPC } from "../../../../trpc/client.tsx";

export interface AuditFilters {
  actor: string;
  action: string;
  /** Days, as date inputs have them; empty for none. */
  from: string;
  to: string;
}

export const noFilters: AuditFilters = { actor: "", action: "", from: "", to: "" };
const all = "all";

/** The filters as the server takes them; `to` includes its day. */
export function queryOf({ actor, action, from, to }: AuditFilters) {
  const end = to === "" ? undefined : new Date(`${to}T00:00:00`);
  end?.setDate(end.getDate() + 1);
  return {
    ...(actor === "" ? {} : { actor }),
    ...(action === "" ? {} : { action }),
    ...(from === "" ? {} : { from: new Date(`${from}T00:00:00`) }),
    ...(end === undefined ? {} : { to: end }),
  };
}

export function AuditFilterBar({ slug, value, onChange }: { slug: string; value: AuditFilters; onChange: (next: AuditFilters) => void }) {
  const members = useQuery(useTRPC().members.list.queryOptions({ slug }));
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Select value={value.actor || all} onValueChange={(actor) => onChange({ ...value, actor: actor === all ? "" : actor })}>
        <SelectTrigger size="sm" className="w-40" aria-label="Who">
          <SelectValue />
        </SelectTrigger>
        <SelectContent>
          <SelectItem value={all}>Anyone</SelectItem>
          {members.data?.map(({ userId, name }) => (
            <SelectItem key={userId} value={`user:${userId}`}>
              {name}
            </SelectItem>
          ))}
        </SelectContent>
      </Select>
      <Select value={value.action || all} onValueChange={(action) => onChange({ ...value, action: action === all ? "" : action })}>
        <SelectTrigger size="sm" className="w-40" aria-label="What">
          <SelectValue />
        </SelectTrigger>
        <SelectContent>
          <SelectItem value={all}>Anything</SelectItem>
          {Object.entries(auditGroups).map(([group, label]) => (
            <SelectItem key={group} value={group}>
              {label}
            </SelectItem>
          ))}
        </SelectContent>
      </Select>
      <Input
        type="date"
        aria-label="From day"
        className="h-8 w-36"
        value={value.from}
        onChange={(event) => onChange({ ...value, from: event.target.value })}
      />
      <Input
        type="date"
        aria-label="To day"
        className="h-8 w-36"
        value={value.to}
        onChange={(event) => onChange({ ...value, to: event.target.value })}
      />
      {Object.values(value).some(Boolean) ? (
        <Button variant="ghost" size="sm" onClick={() => onChange(noFilters)}>
          Clear
        </Button>
      ) : null}
    </div>
  );
}
