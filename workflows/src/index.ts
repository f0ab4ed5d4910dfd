export { changeTenantKey } from "./keys/change-tenant-key.ts";
export { rotateTenantKey } from "./keys/rotate-tenant-key.ts";
export { turnEpoch } from "./keys/turn-epoch.ts";
export { erasePerson } from "./offboarding/erase-person.ts";
export { exportTenant } from "./offboarding/export-tenant.ts";
export { offboardTenant } from "./offboarding/offboard-tenant.ts";
export { previewOffboarding } from "./offboarding/preview-offboarding.ts";
export { onboardTenant } from "./onboarding/onboard-tenant.ts";
