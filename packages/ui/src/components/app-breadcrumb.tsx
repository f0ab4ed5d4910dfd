import { type ElementType, Fragment } from "react";
import { cn } from "../lib/cn.ts";
import { Breadcrumb, BreadcrumbItem, BreadcrumbLink, BreadcrumbList, BreadcrumbPage, BreadcrumbSeparator } from "./ui/breadcrumb.tsx";

export interface Crumb {
  label: string;
  /** Without it the crumb is the page itself. */
  href?: string;
}

export interface AppBreadcrumbProps {
  crumbs: readonly Crumb[];
  link?: ElementType;
  /** Where there is more than one on a page: what this one leads through. */
  label?: string;
  /** How many of the last ones a phone shows. */
  onPhone?: 1 | 2;
}

export function AppBreadcrumb({ crumbs, link: Link = "a", label, onPhone = 2 }: AppBreadcrumbProps) {
  return (
    <Breadcrumb {...(label ? { "aria-label": label } : {})}>
      <BreadcrumbList>
        {crumbs.map((crumb, index) => {
          const early = index < crumbs.length - onPhone && "hidden sm:inline-flex";
          return (
            <Fragment key={`${crumb.label}-${crumb.href ?? ""}`}>
              <BreadcrumbItem className={cn(early, index < crumbs.length - 1 && "shrink-20")}>
                {crumb.href && index < crumbs.length - 1 ? (
                  <BreadcrumbLink asChild>
                    <Link href={crumb.href}>{crumb.label}</Link>
                  </BreadcrumbLink>
                ) : (
                  <BreadcrumbPage>{crumb.label}</BreadcrumbPage>
                )}
              </BreadcrumbItem>
              {index < crumbs.length - 1 ? <BreadcrumbSeparator className={cn(early)} /> : null}
            </Fragment>
          );
        })}
      </BreadcrumbList>
    </Breadcrumb>
  );
}
