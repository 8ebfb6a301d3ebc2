import { Component, type ReactNode } from "react";
import { useLocation } from "react-router";
import { Button } from "../plain/Button";
import { Whole } from "../plain/Whole";
import { useSay } from "./session";
import { words } from "./words";

/** Keeps what goes wrong on one page to that page: another one is drawn as ever. */
export function Boundary({ children }: { children: ReactNode }) {
  return <Kept at={useLocation().pathname}>{children}</Kept>;
}

interface KeptProps {
  at: string;
  children: ReactNode;
}

class Kept extends Component<KeptProps, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override componentDidUpdate(before: KeptProps) {
    if (this.state.broken && before.at !== this.props.at) this.setState({ broken: false });
  }

  override render() {
    return this.state.broken ? <Told again={() => window.location.reload()} /> : this.props.children; // a part of the program that was not loaded is loaded anew by that alone
  }
}

function Told({ again }: { again: () => void }) {
  const t = useSay();
  return <Whole kind="broken" title={t(words.brokenTitle)} why={t(words.brokenWhy)}><Button type="primary" onClick={again}>{t(words.tryAgain)}</Button></Whole>;
}
