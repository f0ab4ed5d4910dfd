export interface PolicyOptions {
  /** Made anew for every page; nothing that lacks it runs. */
  nonce: string;
  /** Whether the page came over TLS; then everything else has to as well. */
  secure: boolean;
  /** Fast refresh evaluates code; only the development server needs it. */
  development: boolean;
  /** Sources of images beside our own and `data:`, such as `blob:`. */
  images?: readonly string[];
}

/** The content security policy of a page of ours, as the header's value. */
export function contentSecurityPolicy({ nonce, secure, development, images = [] }: PolicyOptions): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    ["img-src 'self' data:", ...images].join(" "),
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...(secure ? ["upgrade-insecure-requests"] : []),
  ].join("; ");
}
