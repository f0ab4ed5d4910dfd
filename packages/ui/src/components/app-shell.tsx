"use client";

import { Menu, Search } from "lucide-react";
import { type ElementType, type ReactNode, useCallback, useState } from "react";
import { AppBreadcrumb, type Crumb } from "./app-breadcrumb.tsx";
import { AppNav, type NavGroup } from "./app-nav.tsx";
import { CommandPalette, type PaletteCommand, usePaletteShortcut } from "./command-palette.tsx";
import { ThemeToggle } from "./theme-toggle.tsx";
import { Button } from "./ui/button.tsx";
import { Sheet, SheetContent, SheetDescription, SheetTitle, SheetTrigger } from "./ui/sheet.tsx";

export interface AppShellProps {
  /** The wordmark, as a link home. */
  logo: ReactNode;
  nav: readonly NavGroup[];
  /** The current pathname. */
  path: string;
  /** The router's link component. */
  link?: ElementType;
  /** Goes to a page from the command palette. */
  onNavigate: (href: string) => void;
  crumbs?: readonly Crumb[];
  /** Above the navigation. */
  tenantSwitcher?: ReactNode;
  /** At the end of the top bar. */
  userMenu?: ReactNode;
  sidebarFooter?: ReactNode;
  /** A line across the top: a workspace that is closing, an address not yet verified. */
  banner?: ReactNode;
  commands?: readonly PaletteCommand[];
  onCommandQuery?: (query: string) => void;
  children: ReactNode;
}

/** The frame of every signed-in page: sidebar (a sheet below 1,024 px), top bar, command palette and the page itself. */
export function AppShell(props: AppShellProps) {
  const {
    logo,
    nav,
    path,
    link = "a",
    onNavigate,
    crumbs = [],
    tenantSwitcher,
    userMenu,
    sidebarFooter,
    banner,
    commands = [],
    children,
  } = props;
  const [menuOpen, setMenuOpen] = useState(false);
  const [paletteOpen, setPaletteOpen] = useState(false);
  usePaletteShortcut(useCallback(() => setPaletteOpen((open) => !open), []));
  const pages = nav.flatMap((group) =>
    group.items.map((item) => ({
      id: `page:${item.href}`,
      label: item.label,
      group: "Go to",
      icon: item.icon,
      onSelect: () => onNavigate(item.href),
    })),
  );
  const sidebar = (
    <>
      <div className="flex h-14 shrink-0 items-center px-4">{logo}</div>
      {tenantSwitcher ? <div className="px-3 pb-3">{tenantSwitcher}</div> : null}
      <div className="min-h-0 flex-1 overflow-y-auto px-3 py-1">
        <AppNav groups={nav} path={path} link={link} onFollow={() => setMenuOpen(false)} />
      </div>
      {sidebarFooter ? <div className="p-3">{sidebarFooter}</div> : null}
    </>
  );
  return (
    <div className="min-h-dvh lg:grid lg:grid-cols-[240px_minmax(0,1fr)]">
      <a
        href="#content"
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-lg bg-primary px-4 py-2 font-medium text-primary-foreground focus:translate-y-0"
      >
        Skip to content
      </a>
      <aside aria-label="Sidebar" className="sticky top-0 hidden h-dvh flex-col border-r bg-sidebar lg:flex">
        {sidebar}
      </aside>
      <div className="flex min-w-0 flex-col">
        {banner}
        <header className="sticky top-0 z-30 flex h-14 items-center gap-2 border-b bg-background px-4 lg:px-6">
          <Sheet open={menuOpen} onOpenChange={setMenuOpen}>
            <SheetTrigger asChild>
              <Button variant="ghost" size="icon-sm" aria-label="Open the menu" className="-ml-1 shrink-0 lg:hidden">
                <Menu aria-hidden="true" />
              </Button>
            </SheetTrigger>
            <SheetContent side="left" className="bg-sidebar">
              <SheetTitle className="sr-only">Menu</SheetTitle>
              <SheetDescription className="sr-only">The pages of this workspace</SheetDescription>
              {sidebar}
            </SheetContent>
          </Sheet>
          <div className="min-w-0 flex-1">{crumbs.length > 0 ? <AppBreadcrumb crumbs={crumbs} link={link} onPhone={1} /> : null}</div>
          <Button variant="ghost" size="icon-sm" aria-label="Search" className="sm:hidden" onClick={() => setPaletteOpen(true)}>
            <Search aria-hidden="true" />
          </Button>
          <Button
            variant="secondary"
            size="sm"
            aria-keyshortcuts="Meta+K Control+K"
            className="hidden w-52 justify-start font-normal text-muted-foreground sm:inline-flex"
            onClick={() => setPaletteOpen(true)}
          >
            <Search aria-hidden="true" />
            Search
            <kbd className="ml-auto font-sans text-sm">⌘K</kbd>
          </Button>
          <ThemeToggle />
          {userMenu}
        </header>
        <main
          id="content"
          tabIndex={-1}
          className="mx-auto flex w-full max-w-[1440px] flex-1 flex-col gap-8 px-4 py-6 lg:px-6 lg:py-8 [&>*]:min-w-0"
        >
          {children}
        </main>
      </div>
      <CommandPalette
        open={paletteOpen}
        onOpenChange={setPaletteOpen}
        commands={[...pages, ...commands]}
        onQueryChange={props.onCommandQuery}
      />
    </div>
  );
}
