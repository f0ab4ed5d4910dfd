import { Logo } from "@leasehold/ui/components/logo";
import { ThemeToggle } from "@leasehold/ui/components/theme-toggle";
import { cn } from "@leasehold/ui/lib/cn";
import Link from "next/link";
import type { ReactNode } from "react";

/** The frame of every page outside a workspace. */
export function PublicFrame({ children, actions, wide = false }: { children: ReactNode; actions?: ReactNode; wide?: boolean }) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="border-b">
        <div className="mx-auto flex h-14 max-w-6xl items-center gap-2 px-4 sm:px-6">
          <Link href="/" aria-label="Leasehold, home" className="mr-auto rounded-sm">
            <Logo />
          </Link>
          {actions}
          <ThemeToggle />
        </div>
      </header>
      <main className={cn("mx-auto flex w-full flex-1 flex-col px-4 py-8 sm:px-6 sm:py-12", wide ? "max-w-6xl" : "max-w-xl")}>
        {children}
      </main>
    </div>
  );
}

/** The heading of a page with one form. */
export function PublicHeading({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <header className="mb-6 flex flex-col gap-1.5">
      <h1 className="text-balance font-semibold text-2xl">{title}</h1>
      {children ? <p className="text-pretty text-muted-foreground">{children}</p> : null}
    </header>
  );
}
