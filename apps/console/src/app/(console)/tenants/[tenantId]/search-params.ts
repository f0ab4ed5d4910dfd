export const tenantTabs = ["overview", "operations", "placement", "people", "audit", "closing", "timeline"] as const;
export type TenantTab = (typeof tenantTabs)[number];

export function tenantTab(value: string | undefined): TenantTab {
  return tenantTabs.find((tab) => tab === value) ?? "overview";
}
