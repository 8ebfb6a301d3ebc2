import { DeleteOutlined } from "@ant-design/icons";
import { Alert, Button, Flex, Tag, Typography } from "antd";
import { useState } from "react";
import { useSay } from "../../app/session";
import { LinkButton } from "../../parts/LinkButton";
import { Deadline } from "../cases/Deadline";
import { words } from "./words";

const hour = 3600_000;

/** Buttons, states and what is told. */
export function Buttons() {
  const t = useSay();
  const [now] = useState(() => Date.now());
  const by = (hours: number) => new Date(now + hours * hour).toISOString();
  return (
    <Flex vertical gap="middle">
      <Typography.Text>{t(words.buttonWhy)}</Typography.Text>
      <Flex wrap gap="small">
        <Button type="primary">{t(words.main)}</Button>
        <Button>{t(words.usualButton)}</Button>
        <Button type="text">{t(words.quiet)}</Button>
        <LinkButton to="/design">{t(words.link)}</LinkButton>
        <Button danger>{t(words.danger)}</Button>
        <Button disabled>{t(words.disabled)}</Button>
        <Button loading>{t(words.busy)}</Button>
        <Button icon={<DeleteOutlined />} aria-label={t(words.remove)} />
      </Flex>
      <Typography.Text>{t(words.tagWhy)}</Typography.Text>
      <Flex wrap gap="small" align="center">
        <Tag variant="outlined">{t(words.open)}</Tag>
        <Tag color="warning" variant="solid">{t(words.yours)}</Tag>
        <span>{t(words.deadline)} <Deadline place={{ deadline: by(49), late: false }} /></span>
        <span>{t(words.deadline)} <Deadline place={{ deadline: by(-49), late: true }} /></span>
      </Flex>
      <Flex vertical gap="small">
        <Alert type="info" showIcon title={t(words.info)} />
        <Alert type="success" showIcon title={t(words.good)} />
        <Alert type="warning" showIcon title={t(words.attention)} />
        <Alert type="error" showIcon title={t(words.bad)} />
      </Flex>
    </Flex>
  );
}
