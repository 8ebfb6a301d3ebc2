import { Card, Flex, Tag, theme, Typography } from "antd";
import { Link } from "react-router";
import { useSay, useWho } from "../../app/session";
import { dateOf } from "../../words/dates";
import { regionOf, type Rule, type Version } from "./rules";
import { states, words } from "./words";

/** Where a version stands, by a sign and a word. */
export function Standing({ state }: { state: Version["state"] | "program" }) {
  const t = useSay();
  const said = states[state];
  return <Tag variant="outlined" color={state === "active" ? "success" : state === "draft" ? "warning" : "default"}>{said ? t(said) : state}</Tag>;
}

/** The versions of a rule as a time line, drafts first and what comes with the program last. */
export function Editions({ rule }: { rule: Rule }) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  const all = [...rule.versions].reverse();
  const colours = { draft: token.colorWarning, active: token.colorPrimary, retired: token.colorBorderSecondary };
  const step = { borderInlineStart: `3px solid ${token.colorBorderSecondary}`, paddingInlineStart: 20, paddingBlockEnd: 24 };
  return (
    <Card>
      <ol style={{ listStyle: "none", margin: 0, padding: 0 }}>
        {all.map((v) => (
          <li key={v.library} style={{ ...step, borderInlineStartColor: colours[v.state] }}>
            <Flex wrap gap={8} align="center">
              <strong>{t(words.version, v.name)}</strong>
              <Standing state={v.state} />
              <Typography.Text type="secondary" className="numbers">
                {v.published ? t(words.published, dateOf(v.published, language)) : t(words.drafted, dateOf(v.drafted, language))}
              </Typography.Text>
            </Flex>
            <div>{t(words.counts, dateOf(v.from, language), regionOf(v.region, language), v.rows)}</div>
            {v.note && <div>{t(words.note)}：{v.note}</div>}
            <Link to={`/rules/${rule.name}/${v.library}`}>{t(v.state === "draft" ? words.review : words.look)}</Link>
          </li>
        ))}
        <li style={{ ...step, paddingBlockEnd: 0 }}>
          <Flex wrap gap={8} align="center">
            <strong>{t(words.version, rule.edition)}</strong>
            <Standing state="program" />
          </Flex>
          <div>{t(words.withProgram)}</div>
        </li>
      </ol>
    </Card>
  );
}
