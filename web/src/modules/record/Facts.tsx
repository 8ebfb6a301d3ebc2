import { Collapse, Flex, Typography, theme } from "antd";
import { type ReactNode, useMemo } from "react";
import type { Resource } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { elementOf, typeOf } from "../../resource/elements";
import { Extensions } from "./Extensions";
import { Known } from "./names";
import { elementsOf, isMembers, keyFacts, type Members } from "../../resource/shape";
import { Standing } from "./Standing";
import type { Result } from "../../resource/results";
import { Value } from "./Value";
import { words } from "./words";

interface Shown {
  resource: Members;
  path: string; // of what is shown, such as Patient or Patient.contact
  titled?: boolean;
}

/** The elements of a resource, or of a part of one, by their labels; extensions are folded. */
export function Facts({ resource, path, titled = false }: Shown) {
  const t = useSay();
  const { language } = useWho();
  const rows = elementsOf(resource, path, keyFacts[path]);
  const extensions = [resource["extension"], resource["modifierExtension"]].flat().filter(isMembers);
  return (
    <div>
      {titled && <Typography.Text strong>{typeOf(path, language)}</Typography.Text>}
      <dl style={{ margin: 0 }}>
        {rows.map(([name, value]) => (
          <Fact key={name} label={elementOf(`${path}.${name}`, language)}>
            <Value value={value} path={`${path}.${name}`} />
            {name.startsWith("value") && (path === "Observation" || path === "Observation.component") && <Standing of={resource as unknown as Result} short />}
          </Fact>
        ))}
      </dl>
      {extensions.length > 0 && (
        <Collapse ghost size="small" items={[{ key: "more", label: t(words.more, extensions.length), children: <Extensions of={extensions} /> }]} />
      )}
    </div>
  );
}

/** A label with what it is for; beside each other where there is room. */
export function Fact({ label, children }: { label: string; children: ReactNode }) {
  const { token } = theme.useToken();
  return (
    <Flex wrap gap="0 16px" align="baseline" style={{ padding: "6px 0", borderBottom: `1px solid ${token.colorBorderSecondary}` }}>
      <dt style={{ flex: "0 0 8.5em", color: token.colorTextSecondary }}>{label}</dt>
      <dd style={{ flex: "1 1 12em", minWidth: 0, margin: 0 }}>{children}</dd>
    </Flex>
  );
}

/** Tells what is below of the resources that one contains. */
export function WithContained({ of, known, children }: { of: Resource; known: ReadonlyMap<string, Resource> | undefined; children: ReactNode }) {
  const all = useMemo(() => {
    const contained = Array.isArray(of["contained"]) ? (of["contained"] as Resource[]) : [];
    return new Map([...(known ?? []), ...contained.map((c) => [`#${c.id}`, c] as const)]);
  }, [of, known]);
  return <Known.Provider value={all}>{children}</Known.Provider>;
}
