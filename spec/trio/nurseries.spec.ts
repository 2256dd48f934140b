import { describe } from "@jest/globals";
import {
  attempt,
  checkpoint,
  createContext,
  sleep,
  spawn,
  suspend,
  taskGroup,
  unwrap,
  type TaskGroup,
} from "coppice";
import { failNow, restNoting, valueAfter } from "../support/doings.js";
import { shapeOf, stories } from "../support/story.js";

describe("Trio's nursery", () => {
  stories([
    [
      "an error of the body comes as the object that it is, in a group",
      function* () {
        const lost = new Error("lost");
        const ended = yield* attempt(
          taskGroup(function* () {
            throw lost;
          }),
        );
        return !ended.ok && unwrap(ended.error) === lost;
      },
      "= true",
    ],
    [
      "so does an error of a child",
      function* () {
        const lost = new Error("lost");
        const ended = yield* attempt(
          taskGroup(function* (group) {
            group.spawn(function* () {
              throw lost;
            });
          }),
        );
        return !ended.ok && unwrap(ended.error) === lost;
      },
      "= true",
    ],
    [
      "children take turns at their checkpoints",
      function* (note) {
        yield* taskGroup(function* (group) {
          for (const name of ["a", "b"]) {
            group.spawn(function* () {
              for (let i = 0; i < 3; i++) {
                note(`${name}${i}`);
                yield* checkpoint();
              }
            });
          }
        });
      },
      "a0, b0, a1, b1, a2, b2",
    ],
    [
      "a child that loops over checkpoints is cancelled when another one crashes",
      function* (note) {
        yield* taskGroup(function* (group) {
          group.spawn(function* () {
            try {
              for (;;) yield* checkpoint();
            } finally {
              note("looper cancelled");
            }
          });
          group.spawn(failNow("argh"));
        });
      },
      "looper cancelled, ! [argh]",
    ],
    [
      "body and child both crash: both are in the group",
      function* () {
        yield* taskGroup(function* (group) {
          group.spawn(failNow("child"));
          throw new Error("body");
        });
      },
      "! [body child]",
    ],
    [
      "two children crash: both are in the group",
      function* () {
        yield* taskGroup(function* (group) {
          group.spawn(failNow("one"));
          group.spawn(failNow("two"));
        });
      },
      "! [one two]",
    ],
    [
      "a child's crash wakes a body that sleeps for ever",
      function* () {
        yield* taskGroup(function* (group) {
          group.spawn(failNow("child"));
          yield* suspend();
        });
      },
      "! [child]",
    ],
    [
      "a group that has ended takes no more children",
      function* () {
        const closed = yield* taskGroup(function* (group) {
          return group;
        });
        closed.spawn(valueAfter(1, 1));
      },
      "! CLOSED_SCOPE",
    ],
    [
      "takes children while it waits for others, from any of them",
      function* (note) {
        yield* taskGroup(function* (group) {
          group.spawn(function* () {
            yield* sleep(1);
            group.spawn(restNoting(note, "late", 1));
          });
        });
      },
      "late@2",
    ],
    [
      "may be spawned into from a task outside, as long as it is open",
      function* (note) {
        yield* taskGroup(function* (outer) {
          const opened: { group?: TaskGroup } = {};
          outer.spawn(
            taskGroup(function* (group) {
              opened.group = group;
              yield* sleep(5);
            }),
          );
          yield* sleep(1);
          opened.group?.spawn(restNoting(note, "guest", 10));
        });
      },
      "guest@11",
    ],
    [
      "a child that is spawned when it is cancelled already runs to its first wait",
      function* (note) {
        yield* taskGroup(function* (group) {
          void group.cancel();
          group.spawn(function* () {
            note("started");
            yield* restNoting(note, "cut")();
          });
        });
      },
      "started, cut",
    ],
  ]);
});

describe("Trio's nursery: its children", () => {
  stories([
    [
      "a child sees the context of its spawner as it stood then, and what it sets stays its own",
      function* (note) {
        const shade = createContext("shade", "none");
        yield* taskGroup(function* (group) {
          yield* shade.set("before");
          group.spawn(function* () {
            note(yield* shade.get());
            yield* shade.set("child");
            yield* sleep(1);
            note(yield* shade.get());
          });
          yield* shade.set("after");
          yield* sleep(2);
          note(yield* shade.get());
        });
        note(yield* shade.get());
      },
      "before, child@1, after@2, none@2",
    ],
    [
      "tells a promise and an async function from an operation",
      function* (note) {
        for (const wrong of [Promise.resolve(), () => Promise.resolve(), 42]) {
          const ended = yield* attempt(
            taskGroup(function* (group) {
              group.spawn(wrong as never);
              yield* sleep(1);
            }),
          );
          note(ended.ok ? "accepted" : shapeOf(ended.error));
        }
      },
      "[NOT_AN_OPERATION], [NOT_AN_OPERATION], [NOT_AN_OPERATION]",
    ],
    [
      "a task is named by its function, or as it is told",
      function* () {
        const tasks = yield* taskGroup(function* (group) {
          return [
            group.spawn(function* fetchUser() {
              yield* sleep(1);
            }),
            group.spawn(sleep(1), { name: "told" }),
          ];
        });
        return tasks.map(({ name }) => name);
      },
      "= fetchUser,told",
    ],
    [
      "a task that waits for another one is woken in the turn in which that one ends",
      function* (note) {
        const inner = yield* spawn(valueAfter(5, "value"));
        note(yield* inner);
        note(yield* inner);
      },
      "value@5, value@5",
    ],
  ]);
});
