import { NumberEvent } from "../parts/event-source.mjs";
import { eventWork } from "../parts/event-work.mjs";

export const work = eventWork({
  title: "events of an EventTarget",
  explains: "the same with an `EventTarget` and event objects",
  source: {
    make: () => new EventTarget(),
    emit: (target, value) => target.dispatchEvent(new NumberEvent(value)),
    numberOf: (event) => event.value,
    listen: (target, heard) => target.addEventListener("number", (event) => heard(event.value)),
    subscribe:
      ({ on }) =>
      (target) =>
        on(target, "number"),
  },
});
