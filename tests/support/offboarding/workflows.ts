export { offboardTenant } from "@leasehold/workflows/offboarding/offboard-tenant";
