"use client";

import type { LucideIcon } from "lucide-react";
import { useEffect, useState } from "react";
import { CommandDialog, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList, CommandShortcut } from "./ui/command.tsx";

export interface PaletteCommand {
  id: string;
  label: string;
  group: string;
  icon?: LucideIcon;
  /** Further words that find it: an id, a slug. */
  keywords?: string[];
  hint?: string;
  onSelect: () => void;
}

export interface CommandPaletteProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  commands: readonly PaletteCommand[];
  /** Every keystroke, for commands that are looked up on a server. */
  onQueryChange?: (query: string) => void;
}

/** Calls `onToggle` on ⌘K and Ctrl-K; pass the same function each time. */
export function usePaletteShortcut(onToggle: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey) || event.shiftKey || event.altKey) return;
      event.preventDefault();
      onToggle();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [onToggle]);
}

export function CommandPalette({ open, onOpenChange, commands, onQueryChange }: CommandPaletteProps) {
  const [query, setQuery] = useState("");
  const change = (value: string) => {
    setQuery(value);
    onQueryChange?.(value);
  };
  const toggle = (next: boolean) => {
    if (!next) change("");
    onOpenChange(next);
  };
  const groups = [...new Set(commands.map((command) => command.group))];
  return (
    <CommandDialog open={open} onOpenChange={toggle} title="Command palette" description="Find a page or an action by its name.">
      <CommandInput value={query} onValueChange={change} placeholder="Search pages and actions" />
      <CommandList>
        <CommandEmpty>Nothing found for “{query}”.</CommandEmpty>
        {groups.map((group) => (
          <CommandGroup key={group} heading={group}>
            {commands
              .filter((command) => command.group === group)
              .map(({ id, label, icon: Icon, keywords, hint, onSelect }) => (
                <CommandItem
                  key={id}
                  value={id}
                  keywords={[label, ...(keywords ?? [])]}
                  onSelect={() => {
                    toggle(false);
                    onSelect();
                  }}
                >
                  {Icon ? <Icon aria-hidden="true" /> : null}
                  <span className="truncate">{label}</span>
                  {hint ? <CommandShortcut>{hint}</CommandShortcut> : null}
                </CommandItem>
              ))}
          </CommandGroup>
        ))}
      </CommandList>
    </CommandDialog>
  );
}
