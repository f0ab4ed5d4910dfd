"use client";

import { isId } from "@leasehold/domain/ids";
import type { Crumb } from "@leasehold/ui/components/app-breadcrumb";
import { skipToken, useQuery } from "@tanstack/react-query";
import { useTRPC } from "../trpc/client.tsx";

/** Where the reader is, from the path; a tenant by its name as soon as it is known. */
export function useCrumbs(path: string): Crumb[] {
  const trpc = useTRPC();
  const [section, detail] = path.split("/").filter(Boolean);
  const tenantId = isId("tenant", detail) ? detail : undefined;
  const tenant = useQuery(trpc.tenants.get.queryOptions(tenantId ? { tenantId } : skipToken));
  if (section === "attention") return [{ label: "Needs attention" }];
  if (section === "operators") return [{ label: "Operators" }];
  if (!detail) return [{ label: "Tenants" }];
  return [{ label: "Tenants", href: "/tenants" }, { label: detail === "new" ? "Add tenant" : (tenant.data?.name ?? "Tenant") }];
}
