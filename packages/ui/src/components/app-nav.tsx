import type { LucideIcon } from "lucide-react";
import type { ElementType } from "react";
import { cn } from "../lib/cn.ts";

export interface NavItem {
  label: string;
  href: string;
  icon: LucideIcon;
  count?: number;
  /** `danger` when somebody must act on what is counted. */
  countTone?: "neutral" | "danger";
  /** Current only when the path is equal; otherwise also below it. */
  exact?: boolean;
}

export interface NavGroup {
  label?: string;
  items: readonly NavItem[];
}

function isCurrent(item: NavItem, path: string): boolean {
  return path === item.href || (!item.exact && path.startsWith(`${item.href}/`));
}

export interface AppNavProps {
  groups: readonly NavGroup[];
  path: string;
  link: ElementType;
  label?: string;
  onFollow?: () => void;
}

export function AppNav({ groups, path, link: Link, label = "Main", onFollow }: AppNavProps) {
  return (
    <nav aria-label={label} className="flex flex-col gap-5">
      {groups.map((group, index) => (
        <div key={group.label ?? index} className="flex flex-col gap-1">
          {group.label ? <div className="px-2.5 pb-1 text-muted-foreground text-sm">{group.label}</div> : null}
          <ul className="flex flex-col gap-0.5">
            {group.items.map((item) => {
              const current = isCurrent(item, path);
              return (
                <li key={item.href}>
                  <Link
                    href={item.href}
                    aria-current={current ? "page" : undefined}
                    onClick={onFollow}
                    className={cn(
                      "flex h-8 items-center gap-2.5 rounded-md px-2.5 font-medium text-sidebar-foreground transition-colors hover:bg-accent hover:text-foreground",
                      current && "bg-accent text-foreground",
                    )}
                  >
                    <item.icon
                      aria-hidden="true"
                      className={cn("size-4 shrink-0", current ? "text-primary-text" : "text-muted-foreground")}
                    />
                    <span className="truncate">{item.label}</span>
                    {item.count ? (
                      <span
                        className={cn(
                          "ml-auto rounded-sm px-1.5 font-medium text-sm tabular-nums",
                          item.countTone === "danger" ? "bg-danger-soft text-danger-text" : "bg-neutral-soft text-neutral-text",
                        )}
                      >
                        {item.count}
                      </span>
                    ) : null}
                  </Link>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </nav>
  );
}
