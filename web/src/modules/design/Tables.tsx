import { Button, Flex, Segmented, Table, Typography } from "antd";
import { useState } from "react";
import { Problem } from "../../api/http";
import { type Place, places } from "../../app/places";
import { useSay } from "../../app/session";
import { Empty } from "../../parts/Empty";
import { Failed } from "../../parts/Failed";
import { Loading } from "../../parts/Loading";
import { Wide } from "../../parts/Wide";
import { words } from "./words";

type Density = "large" | "middle" | "small";
type State = "filled" | "empty" | "loading" | "failed";

/** A table of the app's places, in each density and each state. */
export function Tables() {
  const t = useSay();
  const [density, setDensity] = useState<Density>("middle");
  const [state, setState] = useState<State>("filled");
  const densities: Record<Density, string> = { large: t(words.wide), middle: t(words.middle), small: t(words.dense) };
  const states: Record<State, string> = { filled: t(words.filled), empty: t(words.empty), loading: t(words.loading), failed: t(words.failed) };
  const fill = () => setState("filled");
  return (
    <Flex vertical gap="middle">
      <Typography.Text>{t(words.tableWhy)}</Typography.Text>
      <Flex wrap gap="small" className="no-print">
        <Choice label={t(words.density)} value={density} all={densities} onChange={setDensity} />
        <Choice label={t(words.shows)} value={state} all={states} onChange={setState} />
      </Flex>
      {state === "loading" && <Loading />}
      {state === "failed" && <Failed error={new Problem(0, "")} again={fill} />}
      {state === "empty" && (
        <Empty title={t(words.nothing)} why={t(words.nothingWhy)}><Button onClick={fill}>{t(words.clear)}</Button></Empty>
      )}
      {state === "filled" && (
        <Wide label={t(words.tables)}>
          <Table<Place>
            size={density}
            rowKey="path"
            pagination={false}
            showSorterTooltip={false}
            dataSource={places}
            columns={[
              { title: t(words.place), key: "place", sorter: (a, b) => t(a.words).localeCompare(t(b.words)), render: (_, p) => t(p.words) },
              { title: t(words.path), key: "path", sorter: (a, b) => a.path.localeCompare(b.path), render: (_, p) => <code>/{p.path}</code> },
              { title: t(words.keys), key: "keys", render: (_, p) => p.key && [<kbd key="g">g</kbd>, <kbd key="key">{p.key}</kbd>] },
              { title: t(words.roles), key: "roles", align: "end", className: "numbers", sorter: (a, b) => a.roles.length - b.roles.length, render: (_, p) => p.roles.length },
            ]}
          />
        </Wide>
      )}
    </Flex>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  all: Record<T, string>;
  onChange: (value: T) => void;
}

/** A choice of a few things, with its name. */
function Choice<T extends string>({ label, value, all, onChange }: ChoiceProps<T>) {
  const options = (Object.keys(all) as T[]).map((key) => ({ value: key, label: all[key] }));
  return (
    <div role="group" aria-label={label} style={{ overflowX: "auto" }}>
      <Segmented<T> value={value} options={options} onChange={onChange} />
    </div>
  );
}
