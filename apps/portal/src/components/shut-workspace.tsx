import { EmptyState } from "@leasehold/ui/components/empty-state";
import { DoorClosed } from "lucide-react";

/** What everybody who is no owner sees of a workspace that is being closed. */
export function ShutWorkspace({ name }: { name: string }) {
  return (
    <>
      <h1 className="sr-only">{name} is being closed</h1>
      <EmptyState
        icon={DoorClosed}
        title={`${name} is being closed`}
        description="Only its owners get in. Nothing has been deleted yet: an owner can cancel, and you get in again as before. Ask one of them if you need something out of it."
      />
    </>
  );
}
