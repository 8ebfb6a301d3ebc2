import { useMutation } from "@tanstack/react-query";
import { Alert, Button, Card, Flex, Input, theme, Typography, Upload } from "antd";
import { useState } from "react";
import type { Resource } from "../../api/fhir";
import { operate } from "../../api/parameters";
import { useSay } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { NotJSON, parse, type Spot } from "../../resource/json/parse";
import { Expression } from "./Expression";
import { lineOf } from "./lines";
import { Marked, type Mark } from "./Marked";
import { words } from "./words";

interface Outcome extends Resource {
  issue?: { severity: string; diagnostics?: string; expression?: string[] }[];
}

/** What was found in a text; a text that is no JSON is not sent. */
interface Found {
  text: string;
  marks: Mark[];
}

/** Asks what is wrong with a resource, and where that stands in its text. */
async function validate(text: string): Promise<Found> {
  let root: Spot;
  try {
    root = parse(text);
  } catch (error) {
    if (error instanceof NotJSON) return { text, marks: [{ severity: "error", words: "", line: error.line, broken: true, expression: "" }] };
    throw error;
  }
  const { data } = await operate("$validate", text, {});
  const marks = ((data as Outcome).issue ?? []).map((i) => {
    const expression = i.expression?.[0] ?? "";
    return { severity: i.severity === "fatal" ? "error" : i.severity, words: i.diagnostics ?? "", line: lineOf(root, expression), broken: false, expression };
  });
  const rank = ["error", "warning", "information"];
  return { text, marks: marks.sort((a, b) => rank.indexOf(a.severity) - rank.indexOf(b.severity) || a.line - b.line) };
}

/** The validation desk: a resource is pasted or dropped, what is wrong is marked at its place; an expression can be tried on it. */
export default function Validate() {
  const t = useSay();
  const { token } = theme.useToken();
  const [text, write] = useState("");
  const check = useMutation({ mutationFn: validate });
  const take = (file: File) => {
    void file.text().then((said) => {
      write(said);
      check.mutate(said);
    });
    return false; // nothing is uploaded
  };
  return (
    <Flex vertical gap={16}>
      <Typography.Title level={1} style={{ margin: 0 }}>{t(words.title)}</Typography.Title>
      <Card>
        <Flex vertical gap={12}>
          <Typography.Text type="secondary">{t(words.why)}</Typography.Text>
          <label htmlFor="resource"><strong>{t(words.text)}</strong></label>
          <div onDragOver={(e) => e.preventDefault()} onDrop={(e) => { e.preventDefault(); const file = e.dataTransfer.files[0]; if (file) take(file); }}>
            <Input.TextArea id="resource" value={text} onChange={(e) => write(e.target.value)} rows={12} spellCheck={false} style={{ fontFamily: token.fontFamilyCode }} />
          </div>
          <Flex wrap gap={12} align="center">
            <Button type="primary" disabled={text.trim() === ""} loading={check.isPending} onClick={() => check.mutate(text)}>{t(words.check)}</Button>
            <Upload accept=".json,application/json,application/fhir+json" showUploadList={false} beforeUpload={take}><Button>{t(words.file)}</Button></Upload>
            <Typography.Text type="secondary">{t(words.drop)}</Typography.Text>
          </Flex>
        </Flex>
      </Card>
      {check.error && <Failed error={check.error} />}
      {check.data && <Result found={check.data} />}
      <Expression text={text} />
    </Flex>
  );
}

function Result({ found }: { found: Found }) {
  const t = useSay();
  const count = (severity: string) => found.marks.filter((m) => m.severity === severity).length;
  const counts = t(words.counts, count("error"), count("warning"), count("information"));
  return (
    <Card title={<Typography.Title level={2} style={{ margin: 0 }}>{t(words.result)}</Typography.Title>}>
      <Flex vertical gap={12}>
        <Alert role="status" showIcon={false} type={count("error") > 0 ? "error" : count("warning") > 0 ? "warning" : "success"} title={count("error") > 0 ? counts : `${t(words.fine)} · ${counts}`} />
        <Marked text={found.text} marks={found.marks} />
      </Flex>
    </Card>
  );
}
