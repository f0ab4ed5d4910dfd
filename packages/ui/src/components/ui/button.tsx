import type { VariantProps } from "class-variance-authority";
import { LoaderCircle } from "lucide-react";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { buttonVariants } from "../../lib/button-variants.ts";
import { cn } from "../../lib/cn.ts";

export interface ButtonProps extends ComponentProps<"button">, VariantProps<typeof buttonVariants> {
  /** Renders the only child (a link, usually) with the looks of a button. */
  asChild?: boolean;
  /** The action is under way: the width stays, the label gives way to a mark, further presses do nothing. */
  pending?: boolean;
}

export function Button({ className, variant, size, asChild = false, pending = false, children, type, onClick, ...props }: ButtonProps) {
  const classes = cn(buttonVariants({ variant, size }), pending && "relative", className);
  if (asChild) {
    return (
      <Slot.Root data-slot="button" className={classes} onClick={onClick} {...props}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button
      data-slot="button"
      type={type ?? "button"}
      className={classes}
      aria-busy={pending || undefined}
      onClick={pending ? (event) => event.preventDefault() : onClick}
      {...props}
      aria-disabled={pending || props["aria-disabled"]}
    >
      {pending ? (
        <>
          <span className="absolute inset-0 grid place-items-center">
            <LoaderCircle aria-hidden="true" className="animate-spin" />
          </span>
          <span className="inline-flex items-center gap-2 opacity-0">{children}</span>
        </>
      ) : (
        children
      )}
    </button>
  );
}
