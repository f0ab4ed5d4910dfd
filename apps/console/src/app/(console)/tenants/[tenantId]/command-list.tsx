import { RelativeTime } from "@leasehold/ui/components/relative-time";
import { actorLabel } from "../../../../lib/actor-label.ts";
import type { Operation } from "./types.ts";

const kinds: Record<string, string> = { "onboard-tenant": "Start", "retry-step": "Retry the step", "roll-back": "Roll back" };
const states: Record<Operation["commands"][number]["state"], string> = {
  PENDING: "waiting",
  DISPATCHED: "carried out",
  REFUSED: "refused",
};

/** Who asked for what, and whether it was carried out. */
export function CommandList({ commands }: { commands: Operation["commands"] }) {
  if (commands.length === 0) return null;
  return (
    <ul aria-label="Commands" className="flex flex-col gap-1 text-muted-foreground text-sm">
      {commands.map((command) => (
        <li key={command.commandId} className="flex flex-wrap gap-x-2">
          <span className="text-foreground">{kinds[command.kind] ?? command.kind}</span>
          <span>{states[command.state]}</span>
          {command.refusal ? <span>({command.refusal})</span> : null}
          {command.reason ? <q className="break-words">{command.reason}</q> : null}
          <span className="flex gap-x-1">
            by {actorLabel(command.actor)} <RelativeTime value={command.createdAt} />
          </span>
        </li>
      ))}
    </ul>
  );
}
