import { App, ConfigProvider } from "antd";
import en from "antd/locale/en_US";
import zh from "antd/locale/zh_CN";
import type { ReactNode } from "react";
import { themeOf } from "../theme/tokens";
import { nonce } from "./nonce";
import { useWho } from "./session";

/** Gives what is inside the components' library in the look and the language of the person. */
export function Dress({ children }: { children: ReactNode }) {
  const { language, large } = useWho();
  return (
    <ConfigProvider theme={themeOf(large)} locale={language === "en" ? en : zh} csp={{ nonce }} button={{ autoInsertSpace: false }} componentSize={large ? "large" : "medium"}>
      <App>{children}</App>
    </ConfigProvider>
  );
}
