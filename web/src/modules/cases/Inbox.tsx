import { Button, Flex, Segmented, Typography } from "antd";
import { useState } from "react";
import { useKeyboard } from "../../app/keys/keyboard";
import { useActing, useSay } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { type Scope, scopesOf, useInbox, useResidents } from "./cases";
import { InboxBar } from "./InboxBar";
import { InboxTable } from "./InboxTable";
import { MoveMany } from "./MoveMany";
import { useRemembered } from "../../parts/remember";
import { words } from "./words";

/** What of an inbox somebody wants to see, as this browser remembers it. */
export interface View {
  of: Scope;
  process: string; // "" for all
  late: boolean;
  sort: string; // a column, with a dash before it for the other way; "" for the deadline
}

/** What waits for a member of staff. */
export default function Inbox() {
  const t = useSay();
  const acting = useActing();
  const scopes = scopesOf(acting);
  const [view, setView] = useRemembered<View>(`inbox.${acting.role}`, { of: scopes[0] ?? "mine", process: "", late: false, sort: "" });
  const { help } = useKeyboard();
  const [filter, setFilter] = useState("");
  const [chosen, setChosen] = useState<string[]>([]);
  const wanted = { of: scopes.includes(view.of) ? view.of : (scopes[0] ?? "mine"), ...(view.process && { process: view.process }), ...(view.late && { late: true }) };
  const found = useInbox(wanted);
  const counts = useInbox({ of: wanted.of, count: 1 }, Boolean(view.process) || view.late); // of all that there is, whatever is shown
  const places = (found.data?.pages ?? []).flatMap((p) => p.case);
  const residents = useResidents(places).data ?? {};
  const change = (next: Partial<View>) => {
    setView({ ...view, ...next });
    setChosen([]);
  };
  const labels: Record<Scope, string> = { mine: t(words.mine), office: t(words.office), role: t(words.role), begun: t(words.begun) };
  return (
    <Flex vertical gap="middle">
      <Flex justify="space-between" align="center" wrap gap="small">
        <Typography.Title level={1} style={{ margin: 0 }}>{t(words.inbox)}</Typography.Title>
        <Flex gap="small" wrap className="no-print">
          <Button onClick={help}>{t(words.keys)}</Button>
          <Button onClick={() => void found.refetch()} loading={found.isRefetching}>{t(words.refresh)}</Button>
        </Flex>
      </Flex>
      <div role="group" aria-label={t(words.whose)} style={{ overflowX: "auto" }} className="no-print">
        <Segmented<Scope> value={wanted.of} onChange={(of) => change({ of, process: "" })} options={scopes.map((s) => ({ value: s, label: labels[s] }))} />
      </div>
      <InboxBar view={view} counts={(view.process || view.late ? counts.data : found.data)?.pages[0]?.count ?? []} places={places} residents={residents} filter={filter} onFilter={setFilter} onView={change} />
      {chosen.length > 0 && <MoveMany chosen={chosen} onDone={() => setChosen([])} />}
      {found.error && <Failed error={found.error} again={() => void found.refetch()} />}
      {found.isPending ? (
        <Loading rows={8} />
      ) : (
        <InboxTable
          places={places}
          residents={residents}
          filter={filter}
          sort={view.sort}
          chosen={chosen}
          narrowed={Boolean(view.process) || view.late || filter !== ""}
          onSort={(sort) => change({ sort })}
          onChoose={setChosen}
          onClear={() => {
            setFilter("");
            change({ process: "", late: false });
          }}
        />
      )}
      {found.hasNextPage && <Button onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage} className="no-print">{t(words.moreToCome)}</Button>}
    </Flex>
  );
}
