import { useMutation } from "@tanstack/react-query";
import { Failed } from "../parts/Failed";
import { Button, classesOf } from "../plain/Button";
import { Dialog } from "../plain/Dialog";
import { Told } from "../plain/Told";
import { useSay, useSessionMoves, type Who } from "./session";
import { words } from "./words";

/** Tells that the session has ended, over the page, which keeps what was typed. */
export function Ended({ before, onGoOn }: { before: Who; onGoOn: (now: Who) => void }) {
  const t = useSay();
  const { again } = useSessionMoves();
  const back = useMutation({ mutationFn: () => again(before), onSuccess: (who) => who && onGoOn(who) });
  return (
    <Dialog look="box" title={t(words.endedTitle)}>
      <div className="stack">
        <span>{t(words.endedWhy)}</span>
        {back.isSuccess && !back.data && <Told kind="warning" role="alert" title={t(words.notYet)} />}
        {back.error && <Failed error={back.error} />}
        <div className="line end">
          <a className={classesOf({ type: "primary" })} href="/auth/sign-in?next=%2Fauth%2Fme" target="_blank" rel="noreferrer">{t(words.signInAgain)}</a>
          <Button busy={back.isPending} onClick={() => back.mutate()}>{t(words.goOn)}</Button>
        </div>
      </div>
    </Dialog>
  );
}
