import { Button } from "@leasehold/ui/components/ui/button";
import Link from "next/link";
import { PublicFrame, PublicHeading } from "../components/public-frame.tsx";

export default function NotFound() {
  return (
    <PublicFrame>
      <PublicHeading title="This page does not exist">
        The address may be wrong, or the workspace is one that you are not a member of. Ask its owner to invite you.
      </PublicHeading>
      <div>
        <Button asChild variant="secondary">
          <Link href="/">Go to the start</Link>
        </Button>
      </div>
    </PublicFrame>
  );
}
