// Listens to the events of collections: of the running or the last one from its start, then live.

import { address } from "./collected.js";

const AGAIN_MS = 3000;

/** Calls `onEvent` with the JSON of each event, and `onConnection` with whether there is one. */
export function listen(onEvent, onConnection) {
  const source = new EventSource(`${address}/current/events`);
  source.addEventListener("andamento", (event) => onEvent(event.data));
  source.addEventListener("open", () => onConnection(true));
  source.addEventListener("error", () => {
    onConnection(false);
    // The browser reconnects by itself, but not after a response that is no stream.
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => listen(onEvent, onConnection), AGAIN_MS);
    }
  });
}
