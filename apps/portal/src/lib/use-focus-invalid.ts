"use client";

import { type RefObject, useEffect } from "react";

/** Takes the reader to the first field that an answer of the server found wrong, which may be off the screen. */
export function useFocusInvalid(form: RefObject<HTMLFormElement | null>, error: unknown): void {
  useEffect(() => {
    if (error) form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [form, error]);
}
