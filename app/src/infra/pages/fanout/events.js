// The collections as they go on: the last or the running one from its start, then live.

const AGAIN_MS = 3000;

/**
 * Calls `onEvent` with the JSON of each event, and `onConnection` with whether the service is heard.
 */
export function listen(onEvent, onConnection) {
  const source = new EventSource("api/v1/refreshes/current/events");
  source.addEventListener("andamento", (event) => onEvent(event.data));
  source.addEventListener("open", () => onConnection(true));
  source.addEventListener("error", () => {
    onConnection(false);
    // The browser connects again by itself, but not after an answer that is no stream.
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(() => listen(onEvent, onConnection), AGAIN_MS);
    }
  });
}
