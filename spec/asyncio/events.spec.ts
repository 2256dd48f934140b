import { describe } from "@jest/globals";
import { Event, sleep, spawn, type Operation } from "coppice";
import { stories, type Note } from "../support/story.js";

describe("asyncio.Event", () => {
  function waiting(note: Note, name: string, event: Event) {
    return function* wait(): Operation<void> {
      yield* event.wait();
      note(name);
    };
  }
  stories([
    [
      "is not set at first; set and clear say so",
      function* (note) {
        const event = new Event();
        note(event.isSet);
        event.set();
        note(event.isSet);
        event.clear();
        note(event.isSet);
      },
      "false, true, false",
    ],
    [
      "wakes all that wait, in the order in which they came",
      function* (note) {
        const event = new Event();
        for (const name of ["a", "b", "c"]) yield* spawn(waiting(note, name, event));
        yield* sleep(1);
        event.set();
        yield* sleep(1);
      },
      "a@1, b@1, c@1",
    ],
    [
      "that is set lets pass without waiting",
      function* (note) {
        const event = new Event();
        event.set();
        yield* event.wait();
        note("passed");
      },
      "passed",
    ],
    [
      "a cancelled wait leaves the line",
      function* (note) {
        const event = new Event();
        const task = yield* spawn(event.wait());
        yield* sleep(1);
        yield* task.cancel();
        note(event.statistics().waiting.length);
      },
      "0@1",
    ],
    [
      "set and cleared in one turn still wakes those that waited",
      function* (note) {
        const event = new Event();
        yield* spawn(waiting(note, "woken", event));
        yield* sleep(1);
        event.set();
        event.clear();
        note(event.isSet);
        yield* sleep(1);
      },
      "false@1, woken@1",
    ],
    [
      "cleared, makes those that come later wait",
      function* (note) {
        const event = new Event();
        event.set();
        event.clear();
        yield* spawn(waiting(note, "late", event));
        yield* sleep(5);
        event.set();
        yield* sleep(1);
      },
      "late@5",
    ],
    [
      "set twice is the same as once",
      function* (note) {
        const event = new Event();
        yield* spawn(waiting(note, "woken", event));
        yield* sleep(1);
        event.set();
        event.set();
        yield* sleep(1);
      },
      "woken@1",
    ],
    [
      "tells who waits",
      function* () {
        const event = new Event();
        yield* spawn(event.wait(), { name: "one" });
        yield* spawn(event.wait(), { name: "two" });
        yield* sleep(1);
        const names = event.statistics().waiting.map(({ name }) => name);
        event.set();
        return names;
      },
      "= one,two",
    ],
  ]);
});
