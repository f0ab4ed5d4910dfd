import type { ReactNode } from "react";
import { themeScript } from "../lib/theme.ts";
import { Toaster } from "./ui/sonner.tsx";

/** The document around every page: the theme is set before anything is drawn. */
export function RootDocument({ nonce, children }: { nonce: string | undefined; children: ReactNode }) {
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: themeScript }} />
      </head>
      <body>
        {children}
        <Toaster />
      </body>
    </html>
  );
}
