import type { News, Notice } from "../../api/declared";

/** What one is told by the socket of notices. */
export interface Told {
  fresh: (notice: Notice | undefined) => void; // one has come, or (without it) some have
  open: () => void; // it listens: what came before is to be asked for
  lost: () => void; // it does not any more, and tries again
  ended: () => void; // the server does not let it: the session is over, or another one
}

const least = 1_000; // ms
const most = 60_000;
const refused = 1008; // status of a socket: policy violation (RFC 6455, 7.4.1)

/** How long to wait before the next try; longer each time, and never alike for everybody (jitter from 0 to 1). */
export const pauseOf = (tries: number, jitter: number): number => Math.min(least * 2 ** tries, most) * (0.5 + jitter / 2);

/** Listens for notices until it is told to stop; a socket that was lost is opened again. */
export function listen(told: Told, make: () => WebSocket = () => new WebSocket(`${window.location.origin.replace(/^http/, "ws")}/notices/live`)): () => void {
  let tries = 0;
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let socket: WebSocket | undefined;

  function begin() {
    socket = make();
    socket.onopen = () => {
      tries = 0;
      told.open();
    };
    socket.onmessage = (event: MessageEvent<string>) => told.fresh((JSON.parse(event.data) as News).notice);
    socket.onclose = (event) => {
      if (stopped) return;
      if (event.code === refused) {
        told.ended();
        return;
      }
      told.lost();
      timer = setTimeout(begin, pauseOf(tries, Math.random()));
      tries += 1;
    };
  }
  // Whoever comes back to the window, or to the network, does not wait.
  const hurry = () => {
    if (timer === undefined || socket?.readyState === WebSocket.OPEN || socket?.readyState === WebSocket.CONNECTING) return;
    clearTimeout(timer);
    begin();
  };
  window.addEventListener("online", hurry);
  begin();
  return () => {
    stopped = true;
    clearTimeout(timer);
    window.removeEventListener("online", hurry);
    socket?.close();
  };
}
