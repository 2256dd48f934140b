import { EventEmitter } from "node:events";

import { eventWork } from "../parts/event-work.mjs";

export const work = eventWork({
  title: "events of an EventEmitter",
  explains:
    "bursts of 100 events, each burst in a callback of the host, are read one by one: with `on` and `get()` in Coppice, Node's `events.on` in plain async, Effection's signal, a queue in Effect, an `eventChannel` in redux-saga",
  source: {
    make: () => new EventEmitter(),
    emit: (emitter, value) => emitter.emit("number", value),
    numberOf: (heard) => (Array.isArray(heard) ? heard[0] : heard),
    listen: (emitter, heard) => emitter.on("number", heard),
    // Effection's `on` takes event targets only; a signal is what its documentation has for callbacks.
    subscribe: ({ createSignal }) =>
      function* (emitter) {
        const signal = createSignal();
        emitter.on("number", signal.send);
        return yield* signal;
      },
  },
});
