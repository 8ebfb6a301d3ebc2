import { Problem } from "../api/http";
import { useSay, useWho } from "../app/session";
import { Button } from "../plain/Button";
import { Told } from "../plain/Told";
import { told } from "./told";
import { words } from "./words";

/** Tells what went wrong, as the server says it, and lets one try again. */
export function Failed({ error, again }: { error: Error; again?: () => void }) {
  const t = useSay();
  const { language } = useWho();
  const problem = error instanceof Problem ? error : undefined;
  return (
    <Told
      kind="error"
      role="alert"
      title={told(error, language)}
      more={problem && problem.status >= 500 && problem.id ? t(words.number, problem.id) : undefined}
      action={again && <Button onClick={again}>{t(words.again)}</Button>}
    />
  );
}
