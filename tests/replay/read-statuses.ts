import type { OperationState } from "@leasehold/domain/operations";

interface KeptHistory {
  events: { upsertWorkflowSearchAttributesEventAttributes?: { searchAttributes: { indexedFields: { Status?: { data: string } } } } }[];
}

/** The states that a kept history shows its operation in, in order, behind the one that it was started with. */
export function readStatuses(json: string): OperationState[] {
  return (JSON.parse(json) as KeptHistory).events.flatMap(({ upsertWorkflowSearchAttributesEventAttributes: upserted }) => {
    const data = upserted?.searchAttributes.indexedFields.Status?.data;
    return data === undefined ? [] : [JSON.parse(Buffer.from(data, "base64").toString()) as OperationState];
  });
}
