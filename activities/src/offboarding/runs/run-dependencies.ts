import type { Client } from "@temporalio/client";
import type { StepNeeds } from "../../operations/run-step.ts";

/** What ending and deleting a tenant's runs reaches. */
export interface RunDependencies extends StepNeeds {
  temporal: Client;
}
