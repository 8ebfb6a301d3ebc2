import { Fact } from "./Facts";
import type { Members } from "../../resource/shape";
import { isMembers } from "../../resource/shape";
import { Value } from "./Value";

/** What a standard element has no place for, by the end of its address. */
export function Extensions({ of }: { of: Members[] }) {
  return (
    <dl style={{ margin: 0 }}>
      {of.map((e, i) => {
        const url = String(e["url"] ?? "");
        const name = Object.keys(e).find((n) => n.startsWith("value"));
        const inner = Array.isArray(e["extension"]) ? e["extension"].filter(isMembers) : [];
        return (
          <Fact key={i} label={url.split(/[/|:]/).pop() ?? url}>
            {name ? <Value value={e[name]} path={`Extension.${name}`} /> : <Extensions of={inner} />}
          </Fact>
        );
      })}
    </dl>
  );
}
