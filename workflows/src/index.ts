export { changeTenantKey } from "./keys/change-tenant-key.ts";
export { rotateTenantKey } from "./keys/rotate-tenant-key.ts";
export { onboardTenant } from "./onboarding/onboard-tenant.ts";
