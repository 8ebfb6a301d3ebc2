import { Button, Flex, theme, Typography } from "antd";
import { useSay, useWho } from "../../app/session";
import { Part } from "../../parts/Part";
import { type Answer, inLanguage, type Question } from "./triage";
import { words } from "./words";

interface Answering {
  onAnswer: (answers: Record<string, Answer>) => void;
}

/** The signs that everybody is asked, together: a tap says that one is there. */
export function First({ of, onAnswer }: Answering & { of: readonly Question[] }) {
  const t = useSay();
  const { language } = useWho();
  const { token } = theme.useToken();
  const none = () => onAnswer(Object.fromEntries(of.map((q) => [q.sign, "no"])));
  return (
    <Part title={t(words.first)}>
      <Typography.Paragraph type="secondary">{t(words.firstWhy)}</Typography.Paragraph>
      <Flex vertical gap="small">
        {of.map((q) => (
          <Button key={q.sign} size="large" block style={{ height: "auto", minHeight: token.controlHeightLG, whiteSpace: "normal", textAlign: "start", justifyContent: "start", paddingBlock: 8 }} onClick={() => onAnswer({ [q.sign]: "yes" })}>
            {inLanguage(q, language)}
          </Button>
        ))}
        <Button type="primary" size="large" block style={{ marginBlockStart: 8 }} onClick={none}>{t(words.noneOfThese)}</Button>
      </Flex>
    </Part>
  );
}

/** One sign. */
export function One({ of, left, onAnswer }: Answering & { of: Question; left: number }) {
  const t = useSay();
  const { language } = useWho();
  const say = (answer: Answer) => () => onAnswer({ [of.sign]: answer });
  return (
    <Part title={inLanguage(of, language)}>
      <Typography.Paragraph type="secondary">{left > 1 ? t(words.progress, left) : t(words.oneMore)}</Typography.Paragraph>
      <Flex gap="small" wrap role="group" aria-label={t(words.isIt)}>
        <Button size="large" style={{ flex: "1 1 120px" }} onClick={say("yes")}>{t(words.yes)}</Button>
        <Button size="large" style={{ flex: "1 1 120px" }} onClick={say("no")}>{t(words.no)}</Button>
        <Button size="large" style={{ flex: "1 1 120px" }} onClick={say("unsure")}>{t(words.unsure)}</Button>
      </Flex>
    </Part>
  );
}
