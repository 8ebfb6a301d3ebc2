import { Button, Table, Tag } from "antd";
import { useSay } from "../../app/session";
import { Part } from "../../parts/Part";
import { bestBy, type Nearby } from "./near";
import { useNearSaid } from "./NearFacts";
import { words } from "./words";

interface Row {
  name: string;
  of: (d: Nearby) => string;
  best?: (d: Nearby) => number | undefined;
}

/** Departments side by side; what is earliest, cheapest or nearest is marked. */
export function Compare({ of, onBook }: { of: readonly Nearby[]; onBook: (d: Nearby) => void }) {
  const t = useSay();
  const said = useNearSaid();
  const rows: Row[] = [
    { name: t(words.earliest), of: said.next, best: (d) => (d.next ? Date.parse(d.next) : undefined) },
    { name: t(words.price), of: said.price, best: (d) => d["price-from"] },
    { name: t(words.farMost), of: said.distance, best: (d) => d.distance },
    { name: t(words.level), of: said.level },
    { name: t(words.doctors), of: said.doctors },
    { name: t(words.kind), of: said.kinds },
    { name: t(words.insurance), of: said.insurances },
    { name: t(words.language), of: said.languages },
  ];
  const last = t(words.choose);
  const shown = rows.filter((r) => of.some((d) => r.of(d) !== ""));
  return (
    <Part title={t(words.comparing)}>
      <Table<Row>
        size="small"
        aria-label={t(words.comparing)}
        rowKey="name"
        pagination={false}
        scroll={{ x: "max-content" }}
        dataSource={[...shown, { name: last, of: () => "" }]}
        columns={[
          { title: t(words.atHospital), dataIndex: "name", rowScope: "row" },
          ...of.map((d) => ({
            key: d.reference.reference,
            title: <><div>{d.institution.display}</div><div>{d.reference.display}</div></>,
            render: (_: unknown, r: Row) => r.name === last ? (
              <Button size="small" type="primary" aria-label={t(words.chooseOf, d.institution.display, d.reference.display)} onClick={() => onBook(d)}>{t(words.choose)}</Button>
            ) : (
              <span>{r.of(d)} {r.best && bestBy(of, r.best) === d.reference.reference && <Tag color="success" variant="outlined">{t(words.best)}</Tag>}</span>
            ),
          })),
        ]}
      />
    </Part>
  );
}
