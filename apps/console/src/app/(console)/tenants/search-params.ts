import { isPlanId, type PlanId } from "@leasehold/domain/plans";
import { type TenantState, tenantStates } from "@leasehold/domain/tenant-states";

export const sortKeys = ["created", "name", "slug", "plan", "state"] as const;

/** What the list of tenants shows, kept in the address so that a view can be shared. */
export interface TenantView {
  search: string;
  state: TenantState | undefined;
  plan: PlanId | undefined;
  attention: boolean;
  legalHold: boolean;
  sort: (typeof sortKeys)[number];
  direction: "asc" | "desc";
}

type Raw = Record<string, string | string[] | undefined>;

export function readView(params: Raw): TenantView {
  const one = (name: string) => (typeof params[name] === "string" ? params[name] : undefined);
  return {
    search: one("q") ?? "",
    state: tenantStates.find((state) => state === one("state")),
    plan: isPlanId(one("plan")) ? (one("plan") as PlanId) : undefined,
    attention: one("attention") === "1",
    legalHold: one("legal-hold") === "1",
    sort: sortKeys.find((key) => key === one("sort")) ?? "created",
    direction: one("direction") === "asc" ? "asc" : "desc",
  };
}

export function writeView(view: TenantView): string {
  const params = new URLSearchParams();
  if (view.search) params.set("q", view.search);
  if (view.state) params.set("state", view.state);
  if (view.plan) params.set("plan", view.plan);
  if (view.attention) params.set("attention", "1");
  if (view.legalHold) params.set("legal-hold", "1");
  if (view.sort !== "created" || view.direction !== "desc") {
    params.set("sort", view.sort);
    params.set("direction", view.direction);
  }
  return params.size > 0 ? `?${params}` : "";
}

export const pageSize = 50;

/** The view as the procedure takes it. */
export function queryOf(view: TenantView, cursor: string | undefined) {
  return {
    search: view.search.trim() || undefined,
    states: view.state ? [view.state] : undefined,
    plans: view.plan ? [view.plan] : undefined,
    attention: view.attention || undefined,
    legalHold: view.legalHold || undefined,
    sort: view.sort,
    direction: view.direction,
    cursor,
    limit: pageSize,
  };
}
