import { canaryTenantId, objectPrefixOf } from "@leasehold/domain/placement";

/** The row and the object that every new tenant must be refused. */
export const canaryDocumentId = "doc_00000000000000000000CANARY";
export const canaryObjectKey = `${objectPrefixOf(canaryTenantId)}${canaryDocumentId}`;
