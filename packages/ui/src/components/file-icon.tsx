import {
  File,
  FileArchive,
  FileAudio,
  FileCode,
  FileImage,
  FileSpreadsheet,
  FileText,
  FileVideo,
  Folder,
  type LucideIcon,
} from "lucide-react";
import { cn } from "../lib/cn.ts";

const kinds: [RegExp, LucideIcon][] = [
  [/^image\//, FileImage],
  [/^video\//, FileVideo],
  [/^audio\//, FileAudio],
  [/zip|compressed|tar|gzip/, FileArchive],
  [/csv|spreadsheet|excel/, FileSpreadsheet],
  [/json|xml|html|javascript|css/, FileCode],
  [/^text\/|pdf|document|msword/, FileText],
];

/** A mark for a media type; `folder` for a folder. */
export function FileIcon({ contentType, className }: { contentType: string; className?: string }) {
  const Icon = contentType === "folder" ? Folder : (kinds.find(([pattern]) => pattern.test(contentType))?.[1] ?? File);
  return (
    <Icon aria-hidden="true" className={cn("size-4 shrink-0 text-muted-foreground", contentType === "folder" && "fill-muted", className)} />
  );
}
