import { startTransition, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./app/nonce";
import { App } from "./app/App";
import "./theme/app.css";
import "./theme/plain.css";

const root = document.getElementById("root");
if (root) {
  // In pieces, so that the page can be touched while it is drawn.
  startTransition(() =>
    createRoot(root).render(
      <StrictMode>
        <App />
      </StrictMode>,
    ),
  );
}
