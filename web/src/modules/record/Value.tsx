import { Button, Flex, Popover, Typography } from "antd";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { Coding, Reference, Resource } from "../../api/fhir";
import { useSay, useWho } from "../../app/session";
import { dateOf } from "../../words/dates";
import { codeOf, codingOf, type Concept, conceptOf, systemOf } from "../../resource/codes";
import { typeOf } from "../../resource/elements";
import { Facts } from "./Facts";
import { print } from "../../resource/json/parse";
import { useKnown } from "./names";
import { narrative } from "../../resource/narrative";
import { quantityOf, type Quantity, rangeOf, type ReferenceRange, type Result } from "../../resource/results";
import { type Members, shapeOf } from "../../resource/shape";
import { Standing } from "./Standing";
import { gistOf, nameOf, titleOf } from "../../resource/summary";
import { words } from "./words";

/** A value of an element as a person reads it; path is the element's. */
export function Value({ value, path }: { value: unknown; path: string }): ReactNode {
  const { language } = useWho();
  if (Array.isArray(value)) {
    return (
      <Flex vertical gap={4}>
        {value.map((v, i) => <div key={i}><Value value={v} path={path} /></div>)}
      </Flex>
    );
  }
  const name = path.slice(path.lastIndexOf(".") + 1);
  if (name === "referenceRange") return <span className="numbers">{rangeOf(value as ReferenceRange)}</span>;
  switch (shapeOf(value, name)) {
    case "date": return <span className="numbers">{dateOf(String(value), language)}</span>;
    case "number": return <span className="numbers">{String(value)}</span>;
    case "boolean": case "code": return codeOf(String(value), language);
    case "concept": return <Coded words={conceptOf(value as Concept, language)} codings={(value as Concept).coding ?? []} />;
    case "coding": return <Coded words={codingOf(value as Coding, language)} codings={[value as Coding]} />;
    case "quantity": return <span className="numbers">{quantityOf(value as Quantity)}</span>;
    case "range": return <span className="numbers">{rangeOf(value as ReferenceRange)}</span>;
    case "ratio": return <Ratio of={value as { numerator?: Quantity; denominator?: Quantity }} />;
    case "period": return <Period of={value as { start?: string; end?: string }} />;
    case "reference": return <Referred to={value as Reference} />;
    case "identifier": case "contact": return <Numbered of={value as Members} />;
    case "name": return nameOf([value as { text?: string }]);
    case "address": return addressOf(value as Members);
    case "annotation": return <Annotation of={value as Members} />;
    case "attachment": return <Attachment of={value as Members} />;
    case "narrative": return narrative(String((value as Members)["div"]), language);
    case "resource": return <Facts resource={value as Resource} path={(value as Resource).resourceType} />;
    case "parts": return <Facts resource={value as Members} path={path} />;
    default: return <span style={{ whiteSpace: "pre-wrap" }}>{typeof value === "string" ? value : print(value)}</span>;
  }
}

/** Words of a code, and on demand the code itself with its system. */
function Coded({ words: called, codings }: { words: string; codings: Coding[] }) {
  const t = useSay();
  const { language } = useWho();
  const rows = codings.filter((c) => c.code);
  if (rows.length === 0) return called;
  const content = (
    <Flex vertical gap={8} style={{ maxWidth: 320 }}>
      {rows.map((c, i) => (
        <div key={i}>
          <strong>{c.code}</strong> {c.display}
          <div><Typography.Text type="secondary">{systemOf(c.system ?? "", language)}</Typography.Text></div>
        </div>
      ))}
    </Flex>
  );
  return (
    <>
      {called}{" "}
      <Popover trigger="click" content={content} title={t(words.code)}>
        <Button type="link" size="small" className="no-print" aria-label={t(words.codeOf, called)}>{t(words.code)}</Button>
      </Popover>
    </>
  );
}

function Ratio({ of: { numerator, denominator } }: { of: { numerator?: Quantity; denominator?: Quantity } }) {
  return <span className="numbers">{quantityOf(numerator)} / {quantityOf(denominator)}</span>;
}

function Period({ of: { start, end } }: { of: { start?: string; end?: string } }) {
  const t = useSay();
  const { language } = useWho();
  if (!start) return <>{t(words.between, "…", dateOf(end ?? "", language))}</>;
  return <>{end ? t(words.between, dateOf(start, language), dateOf(end, language)) : t(words.since, dateOf(start, language))}</>;
}

/** A reference as a link, by the name that it brings or that is known; a contained resource in its place. */
function Referred({ to }: { to: Reference }) {
  const t = useSay();
  const { language } = useWho();
  const known = useKnown(to.reference);
  if (to.reference?.startsWith("#")) return known ? <Facts resource={known} path={known.resourceType} titled /> : (to.display ?? t(words.none));
  const [type = "", id = ""] = (to.reference ?? "").split("/");
  const called = to.display ?? (known ? titleOf(known, language) : "");
  if (/^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]+(\/_history\/.+)?$/.test(to.reference ?? "")) {
    const version = to.reference?.split("/_history/")[1];
    const link = <Link to={`/record/${type}/${id}${version ? `/${version}` : ""}`}>{called || typeOf(type, language)}</Link>;
    return known?.resourceType === "Observation" ? <Flex wrap gap="0 8px" align="center">{link}<span className="numbers">{gistOf(known, language)}</span><Standing of={known as Result} /></Flex> : link;
  }
  return called || to.reference || to.identifier?.value || t(words.masked);
}

function Numbered({ of }: { of: Members }) {
  const { language } = useWho();
  const type = conceptOf(of["type"] as Concept | undefined, language);
  const system = typeof of["system"] === "string" ? of["system"] : "";
  const kind = type || (/^[a-z]+$/.test(system) ? codeOf(system, language) : systemOf(system, language));
  return <><span className="numbers">{String(of["value"] ?? "")}</span> {kind && <Typography.Text type="secondary">{kind}</Typography.Text>}</>;
}

function addressOf(address: Members): string {
  if (typeof address["text"] === "string") return address["text"];
  const parts = ["state", "city", "district"].map((n) => address[n]).concat(address["line"]);
  return parts.flat().filter((p) => typeof p === "string").join(" ");
}

function Annotation({ of }: { of: Members }) {
  const { language } = useWho();
  const by = [of["authorString"], typeof of["time"] === "string" ? dateOf(of["time"], language) : ""].filter(Boolean).join(" · ");
  return <><span style={{ whiteSpace: "pre-wrap" }}>{String(of["text"] ?? "")}</span> <Typography.Text type="secondary">{by}</Typography.Text></>;
}

/** A file: its title and type; what stands in the resource itself can be saved. */
function Attachment({ of }: { of: Members }) {
  const t = useSay();
  const called = [of["title"] ?? t(words.file), of["contentType"]].filter(Boolean).join(" · ");
  if (typeof of["data"] !== "string") return called;
  return <a download={String(of["title"] ?? t(words.file))} href={`data:application/octet-stream;base64,${of["data"]}`}>{called}</a>;
}
