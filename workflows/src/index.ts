export { onboardTenant } from "./onboarding/onboard-tenant.ts";
