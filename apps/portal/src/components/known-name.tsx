import { Button } from "@leasehold/ui/components/ui/button";
import { Popover, PopoverContent, PopoverTrigger } from "@leasehold/ui/components/ui/popover";
import { CircleHelp } from "lucide-react";

/** A name, or what stands in for one that cannot be read any more; `WhyNameLost` beside it says why. */
export function KnownName({ name, nameLost }: { name: string; nameLost: boolean }) {
  return nameLost ? <span className="pr-0.5 text-muted-foreground italic">{name}</span> : name;
}

/** Says why a name is lost, to whoever asks for it by keyboard, mouse or touch; nothing beside a name that is known. */
export function WhyNameLost({ nameLost, renames = false }: { nameLost: boolean; renames?: boolean }) {
  if (!nameLost) return null;
  return (
    <Popover>
      <PopoverTrigger asChild>
        <Button variant="ghost" size="icon-sm" className="relative z-10 shrink-0" aria-label="Why is this name lost?">
          <CircleHelp aria-hidden="true" />
        </Button>
      </PopoverTrigger>
      <PopoverContent className="whitespace-normal text-sm" aria-label="Why this name is lost">
        <p>The encryption key of this name was lost, and nobody can read it any more.</p>
        {renames ? <p className="mt-2">Rename it to give it a new one. What is in a document stays closed.</p> : null}
        <p className="mt-2">Your workspace’s owners can ask support what is affected.</p>
      </PopoverContent>
    </Popover>
  );
}
