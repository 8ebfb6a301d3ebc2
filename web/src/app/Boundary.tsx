import { Button, Result } from "antd";
import { Component, type ReactNode } from "react";
import { useSay } from "./session";
import { words } from "./words";

/** Keeps what goes wrong on one page to that page. */
export class Boundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    return this.state.broken ? <Told again={() => this.setState({ broken: false })} /> : this.props.children;
  }
}

function Told({ again }: { again: () => void }) {
  const t = useSay();
  return <Result status="warning" title={t(words.brokenTitle)} subTitle={t(words.brokenWhy)} extra={<Button type="primary" onClick={again}>{t(words.tryAgain)}</Button>} />;
}
