// The collections that were seen to their end, by their conditions, to be compared with later ones.

import { inFlightByMs } from "./analysis.js";
import { isSame, keyOf } from "./conditions.js";

export class FinishedRuns {
  #runs = new Map(); // the last one of each conditions, the newest last
  mostRequests = 0;

  // Adds a collection, unless it was broken off or is known.
  add(collection, conditions) {
    const { situacao, requisicoes } = collection.progress;
    if (situacao === "interrompida" || collection.size === 0) return;
    const key = keyOf(conditions);
    if (this.#runs.get(key)?.id === collection.id) return;
    this.#runs.delete(key);
    this.#runs.set(key, {
      id: collection.id,
      conditions,
      ms: collection.ms,
      collectedMs: collection.collectedMs,
      requests: collection.requestCount,
      retries: requisicoes.repetidas,
      failures: requisicoes.falhas,
      mostInFlight: collection.progress.mais_em_voo,
      counts: inFlightByMs(collection, collection.collectedMs),
    });
    this.mostRequests = Math.max(this.mostRequests, collection.requestCount);
  }

  // The last one under other conditions than these; null if there is none.
  otherThan(conditions) {
    return [...this.#runs.values()].findLast((run) => !isSame(run.conditions, conditions)) ?? null;
  }
}
