import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Checkbox, Drawer, Flex, Grid, Input, Select, Typography, Upload } from "antd";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { Problem } from "../../api/http";
import { useSay, useWho } from "../../app/session";
import { Failed } from "../../parts/Failed";
import { isRegion, keys, type Rule, titleOf } from "./rules";
import { bring, type Drafted, fileMost, isCSV } from "./sheet";
import { sheets as words, words as common } from "./words";

interface ImportProps {
  rules: Rule[];
  onClose: () => void;
}

/** Brings a sheet in: it is looked at first, then drafts are made of it. Mistakes are told by sheet, row and column. */
export function Import({ rules, onClose }: ImportProps) {
  const t = useSay();
  const { language } = useWho();
  const client = useQueryClient();
  const wide = Grid.useBreakpoint().md ?? true;
  const [file, choose] = useState<File>();
  const [typed, type] = useState({ rule: "", region: "", from: "", note: "", clear: false });
  const [blamed, blame] = useState("");
  const brought = useMutation({ mutationFn: bring, onSuccess: (_, { check }) => (check ? undefined : client.invalidateQueries({ queryKey: keys.all })) });
  const put = (to: Partial<typeof typed>) => {
    type({ ...typed, ...to });
    brought.reset();
  };
  const plain = file !== undefined && isCSV(file.name);
  const wrong = (): string => {
    if (!file) return t(words.fileMissing);
    if (file.size > fileMost) return t(words.tooBig);
    if (plain && !typed.rule) return t(words.ruleMissing);
    if (!typed.from) return t(words.fromMissing);
    return isRegion(typed.region) ? "" : t(common.regionWrong);
  };
  const send = (check: boolean) => {
    blame(wrong());
    if (file && !wrong()) brought.mutate({ ...typed, file, check });
  };
  const take = (chosen: File) => {
    choose(chosen);
    put(rules.some((r) => chosen.name === `${r.name}.csv`) ? { rule: chosen.name.slice(0, -4) } : {});
    return false; // nothing is sent yet
  };
  const field = (id: string, label: string, input: ReactNode, help?: string) => (
    <div>
      <label htmlFor={id} style={{ display: "block", marginBlockEnd: 4 }}>{label}</label>
      {input}
      {help && <Typography.Text type="secondary" id={`${id}-help`}>{help}</Typography.Text>}
    </div>
  );
  return (
    <Drawer open onClose={onClose} size={wide ? 640 : "100%"} title={t(words.title)}>
      <Flex vertical gap={16}>
        <Typography.Text>{t(words.why)}</Typography.Text>
        <div role="group" aria-label={t(words.file)}>
          <div style={{ marginBlockEnd: 4 }}>{t(words.file)}</div>
          <Flex wrap gap={12} align="center">
            <Upload accept=".xlsx,.csv" showUploadList={false} beforeUpload={take}><Button>{t(words.choose)}</Button></Upload>
            <span role="status">{file?.name ?? t(words.none)}</span>
          </Flex>
        </div>
        {plain && field("import-rule", t(words.rule), (
          <Select
            id="import-rule" virtual={false} showSearch={{ optionFilterProp: "label" }} style={{ width: "100%" }} value={typed.rule || null} onChange={(rule: string) => put({ rule })}
            options={rules.map((r) => ({ value: r.name, label: `${titleOf(r, language)} ${r.name}` }))}
          />
        ))}
        {field("import-from", t(words.from), <Input id="import-from" type="date" style={{ maxWidth: 220 }} value={typed.from} onChange={(e) => put({ from: e.target.value })} />)}
        {field("import-region", t(words.region), (
          <Input
            id="import-region" inputMode="numeric" maxLength={6} style={{ maxWidth: 220, display: "block" }} value={typed.region}
            aria-describedby="import-region-help" onChange={(e) => put({ region: e.target.value.trim() })}
          />
        ), t(common.regionHelp))}
        {field("import-note", t(words.note), <Input.TextArea id="import-note" rows={3} maxLength={600} value={typed.note} onChange={(e) => put({ note: e.target.value })} />)}
        <div>
          <Checkbox checked={typed.clear} aria-describedby="import-clear-help" onChange={(e) => put({ clear: e.target.checked })}>{t(words.clear)}</Checkbox>
          <div><Typography.Text type="secondary" id="import-clear-help">{t(words.clearWhy)}</Typography.Text></div>
        </div>
        {blamed && wrong() && <Alert type="error" role="alert" showIcon title={blamed} />}
        <Flex wrap gap={8}>
          <Button onClick={() => send(true)} loading={brought.isPending && brought.variables.check}>{t(words.check)}</Button>
          <Button
            type="primary" onClick={() => send(false)} loading={brought.isPending && !brought.variables.check}
          >
            {t(words.draft)}
          </Button>
        </Flex>
        {brought.error && <Mistakes error={brought.error} />}
        {brought.data && <Done drafts={brought.data} rules={rules} />}
      </Flex>
    </Drawer>
  );
}

/** What is wrong with a sheet, each mistake with its place. */
function Mistakes({ error }: { error: Error }) {
  const t = useSay();
  if (!(error instanceof Problem) || error.issues.length < 2 && error.status !== 422) return <Failed error={error} />;
  return (
    <Alert
      type="error"
      role="alert"
      title={<strong>{t(words.wrong, error.issues.length)}</strong>}
      description={<ol style={{ margin: 0, paddingInlineStart: 20 }}>{error.issues.map((i, n) => <li key={n}>{i.text}</li>)}</ol>}
    />
  );
}

/** What was drafted, or would be. */
function Done({ drafts, rules }: { drafts: Drafted[]; rules: Rule[] }) {
  const t = useSay();
  const { language } = useWho();
  if (drafts.length === 0) return <Alert type="info" role="status" title={t(words.same)} />;
  const called = (name: string) => {
    const rule = rules.find((r) => r.name === name);
    return rule ? titleOf(rule, language) : name;
  };
  return (
    <Alert
      type="success"
      role="status"
      title={<strong>{t(drafts[0]?.library ? words.made : words.would)}</strong>}
      description={
        <ul style={{ margin: 0, paddingInlineStart: 20 }}>
          {drafts.map((d) => {
            const said = d.rows > 0 ? t(words.one, called(d.rule), d.rows) : t(words.emptied, called(d.rule));
            return <li key={d.rule}>{d.library ? <Link to={`/rules/${d.rule}/${d.library.replace("Library/", "")}`}>{said}</Link> : said}</li>;
          })}
        </ul>
      }
    />
  );
}
