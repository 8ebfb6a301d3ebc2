import { Button, Col, Flex, Input, Row, Typography } from "antd";
import { useMemo, useState } from "react";
import { Problem } from "../../api/http";
import type { Parameters } from "../../api/parameters";
import { useSay } from "../../app/session";
import { dropDraft } from "../../parts/form/draft";
import type { Schema } from "../../parts/form/schema";
import { SchemaForm } from "../../parts/form/SchemaForm";
import type { Text } from "../../words";
import { words } from "./words";

const draft = "design";

const called = ([zh, en]: Text) => ({ title: zh, "x-title-zh": zh, "x-title-en": en });
const code = (value: string, [zh, en]: Text) => ({ const: value, "x-title-zh": zh, "x-title-en": en });

/** A form as the server declares one, with fields of the usual kinds. */
const example: Schema = {
  type: "object",
  required: ["why", "reason", "on"],
  "x-order": ["why", "reason", "on", "times", "sure", "medicine"],
  properties: {
    why: { type: "string", "x-value": "valueString", "x-bytes": 600, ...called(words.fieldWhy) },
    reason: {
      type: "string", "x-value": "valueCode", ...called(words.fieldReason),
      oneOf: [code("moved", words.reasonMoved), code("wrong", words.reasonWrong)],
    },
    on: { type: "string", "x-value": "valueDate", ...called(words.fieldOn) },
    times: { type: "integer", minimum: 1, maximum: 9, "x-value": "valueInteger", ...called(words.fieldTimes) },
    sure: { type: "boolean", "x-value": "valueBoolean", ...called(words.fieldSure) },
    medicine: {
      type: "array", maxItems: 3, "x-value": "part", ...called(words.fieldMedicine),
      items: {
        type: "object", required: ["name"],
        properties: { name: { type: "string", "x-value": "valueString", "x-bytes": 90, ...called(words.fieldName) } },
      },
    },
  },
};

/** Reads a schema that is typed; undefined as long as it is none. */
function read(text: string): Schema | undefined {
  try {
    const schema: unknown = JSON.parse(text);
    return typeof schema === "object" && schema !== null && "properties" in schema ? (schema as Schema) : undefined;
  } catch {
    return undefined;
  }
}

/** A form of a schema that one can change, with what it would send and how a refusal looks. */
export function Forms() {
  const t = useSay();
  const [text, write] = useState(() => JSON.stringify(example, null, 2));
  const [schema, setSchema] = useState(example);
  const [sent, send] = useState<Parameters>();
  const [refused, refuse] = useState(false);
  const valid = read(text) !== undefined;
  const problem = useMemo(() => {
    return new Problem(422, "", [{ severity: "error", text: t(words.refused), expression: ["Parameters.parameter[0]"] }]);
  }, [t]);
  const change = (typed: string) => {
    write(typed);
    const next = read(typed);
    if (!next) return;
    dropDraft(draft);
    setSchema(next);
  };
  return (
    <Flex vertical gap="middle">
      <Typography.Text>{t(words.formWhy)}</Typography.Text>
      <Row gutter={[24, 24]}>
        <Col xs={24} xl={10}>
          <label htmlFor="design-schema">{t(words.schema)}</label>
          <Input.TextArea
            id="design-schema"
            rows={20}
            spellCheck={false}
            value={text}
            onChange={(e) => change(e.target.value)}
            aria-invalid={!valid}
            aria-describedby={valid ? undefined : "design-wrong"}
            style={{ fontFamily: "monospace" }}
          />
          {!valid && <Typography.Text id="design-wrong" type="danger" role="alert">{t(words.notSchema)}</Typography.Text>}
        </Col>
        <Col xs={24} xl={14}>
          <Typography.Title level={3} style={{ marginTop: 0 }}>{t(words.drawn)}</Typography.Title>
          <SchemaForm
            key={JSON.stringify(schema)}
            schema={schema}
            name={draft}
            send={t(words.send)}
            busy={false}
            error={refused ? problem : null}
            onSend={(filled) => {
              dropDraft(draft);
              refuse(false);
              send(filled);
            }}
          >
            <Button onClick={() => refuse(!refused)} aria-pressed={refused}>{t(words.refuse)}</Button>
          </SchemaForm>
          {sent && (
            <>
              <Typography.Title level={3}>{t(words.sent)}</Typography.Title>
              <pre role="status" style={{ margin: 0, whiteSpace: "pre-wrap" }}>{JSON.stringify(sent, null, 2)}</pre>
            </>
          )}
        </Col>
      </Row>
    </Flex>
  );
}
