const lostNameWords =
  "The encryption key of this name was lost, and nobody can read it any more. Rename it to give it a new one. Your workspace's owners can ask support what is affected.";
const lostFixedName = "The encryption key of this name was lost, and nobody can read it any more.";

/** A name, or what stands in for one that cannot be read any more, and why. */
export function KnownName({ name, nameLost, fixed = false }: { name: string; nameLost: boolean; fixed?: boolean }) {
  if (!nameLost) return name;
  return (
    <span className="text-muted-foreground italic" title={fixed ? lostFixedName : lostNameWords}>
      {name}
    </span>
  );
}
