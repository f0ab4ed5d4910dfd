import { QrCode } from "./qr-code.tsx";

/** What an authenticator app is given: a picture for its camera, and the same as text. */
export function SecondFactorSecret({ uri, secret }: { uri: string; secret: string }) {
  return (
    <div className="flex flex-col gap-4 sm:flex-row sm:items-start">
      <QrCode text={uri} label="QR code for your authenticator app" />
      <div className="flex min-w-0 flex-col gap-2 text-sm">
        <p>Scan it with an authenticator app. Without a camera, enter this key there:</p>
        <code className="select-all break-all rounded-md bg-muted px-2 py-1.5 font-mono">{secret.replace(/(.{4})(?=.)/g, "$1 ")}</code>
      </div>
    </div>
  );
}
