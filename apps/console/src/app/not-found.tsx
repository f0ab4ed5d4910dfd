import { NothingHere } from "../components/nothing-here.tsx";

export default function NotFoundPage() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <NothingHere />
    </main>
  );
}
