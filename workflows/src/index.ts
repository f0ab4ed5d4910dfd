export { changeTenantKey } from "./keys/change-tenant-key.ts";
export { rotateTenantKey } from "./keys/rotate-tenant-key.ts";
export { turnEpoch } from "./keys/turn-epoch.ts";
export { exportTenant } from "./offboarding/export-tenant.ts";
export { onboardTenant } from "./onboarding/onboard-tenant.ts";
