import { Failed } from "../../parts/Failed";
import { LinkButton } from "../../parts/LinkButton";
import { useActing, useSay, useWho } from "../../app/session";
import { HiddenNumber } from "./HiddenNumber";
import { useIdentity } from "./read";
import { words } from "./words";

/** Who one is, or for whom one acts, on top of the start: the name and the document that one shows most. In large type its number stands behind. */
export function IdentityCard() {
  const t = useSay();
  const { role, where = "" } = useActing();
  const { large, called = "" } = useWho();
  const { data, error, refetch } = useIdentity();
  const first = data?.card ?? data?.papers[0];
  const told = first ? t(first.kind) : t(words.none);
  return (
    <section aria-label={role === "proxy" ? t(words.ofWhom, where) : t(words.mine)}>
      {error ? (
        <Failed error={error} again={() => void refetch()} />
      ) : (
        <div className="card dark stack" aria-busy={!data}>
          <div className="line apart">
            <strong className="big">{data?.called ?? (role === "proxy" ? where : called)}</strong>
            {data && <span>{told}</span>}
          </div>
          {!large && (first || !data) && <div className="number-line">{first && <HiddenNumber number={first.number} of={told} light />}</div>}
          <LinkButton block to="/card">{t(words.open)}</LinkButton>
        </div>
      )}
    </section>
  );
}
