import { NothingHere } from "../../components/nothing-here.tsx";

export default function NotFoundInConsole() {
  return <NothingHere />;
}
