import type { ReactNode } from "react";

export interface PageHeaderProps {
  title: ReactNode;
  /** The state of what the page shows, as a StatusBadge. */
  status?: ReactNode;
  description?: ReactNode;
  /** Ids and dates in one quiet line. */
  meta?: ReactNode;
  /** The primary action last. */
  actions?: ReactNode;
}

export function PageHeader({ title, status, description, meta, actions }: PageHeaderProps) {
  return (
    <header className="flex flex-col gap-3 sm:flex-row sm:items-start sm:justify-between">
      <div className="flex min-w-0 flex-col gap-1">
        <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="min-w-0 break-words font-semibold text-xl">{title}</h1>
          {status}
        </div>
        {description ? <p className="max-w-2xl text-muted-foreground">{description}</p> : null}
        {meta ? <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-muted-foreground text-sm">{meta}</div> : null}
      </div>
      {actions ? <div className="flex shrink-0 flex-wrap gap-2">{actions}</div> : null}
    </header>
  );
}
