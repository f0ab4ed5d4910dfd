import { applicationRights } from "./application-rights.ts";
import { controlRights } from "./control-rights.ts";
import { identityRights } from "./identity-rights.ts";
import type { Rights } from "./read-rights.ts";

/** What each process may do with each table. A right that is given or taken is written down here as well. */
export const rights: Rights = { ...identityRights, ...controlRights, ...applicationRights };
