import { describe } from "@jest/globals";
import { createContext, sleep, suspend, taskGroup } from "coppice";
import { failAfter, restNoting, valueAfter } from "../support/doings.js";
import { stories } from "../support/story.js";

describe("asyncio.TaskGroup: what ends well", () => {
  stories([
    [
      "waits for all tasks, whose results can be read after it",
      function* () {
        const tasks = yield* taskGroup(function* (group) {
          return [group.spawn(valueAfter(1, 42)), group.spawn(valueAfter(2, 11))];
        });
        return tasks.map((task) => task.result()).join();
      },
      "= 42,11",
    ],
    [
      "takes a task that is made while the others run",
      function* (note) {
        const late = yield* taskGroup(function* (group) {
          group.spawn(restNoting(note, "first", 10));
          yield* sleep(15);
          return group.spawn(valueAfter(20, 11));
        });
        note(late.result());
      },
      "first@10, 11@35",
    ],
    [
      "goes on when one of its tasks is cancelled by hand",
      function* () {
        const [cancelled, other] = yield* taskGroup(function* (group) {
          const first = group.spawn(suspend());
          yield* sleep(1);
          void first.cancel();
          return [first, group.spawn(valueAfter(5, 11))] as const;
        });
        return `${cancelled.state} ${other.result()}`;
      },
      "= cancelled 11",
    ],
    [
      "ends at once when nothing was spawned",
      function* () {
        return yield* taskGroup(function* () {
          return "empty";
        });
      },
      "= empty",
    ],
    [
      "lets a task of the group spawn into it while it waits for its tasks",
      function* (note) {
        yield* taskGroup(function* (group) {
          group.spawn(function* () {
            yield* sleep(5);
            group.spawn(restNoting(note, "grandchild", 5));
          });
        });
        note("end");
      },
      "grandchild@10, end@10",
    ],
    [
      "holds a thousand tasks, in order",
      function* () {
        const order: number[] = [];
        yield* taskGroup(function* (group) {
          for (let i = 0; i < 1_000; i++) {
            group.spawn(function* () {
              order.push(i);
              yield* sleep(1);
            });
          }
        });
        return order.length === 1_000 && order.every((value, i) => value === i);
      },
      "= true",
    ],
    [
      "names its tasks as it is told",
      function* () {
        const task = yield* taskGroup(function* (group) {
          return group.spawn(valueAfter(1, 1), { name: "fetch" });
        });
        return task.name;
      },
      "= fetch",
    ],
    [
      "gives its tasks the context of whoever spawns",
      function* () {
        const user = createContext<string>("user", "nobody");
        const task = yield* taskGroup(function* (group) {
          const made = yield* user.with("ada", function* () {
            return group.spawn(() => user.get());
          });
          group.spawn(() => user.set("eve"));
          return made;
        });
        return `${task.result()} ${yield* user.get()}`;
      },
      "= ada nobody",
    ],
  ]);
});

describe("asyncio.TaskGroup: misuse", () => {
  const leaked = function* () {
    return yield* taskGroup(function* (group) {
      return group;
    });
  };
  stories([
    [
      "spawning into a group that has ended",
      function* () {
        const group = yield* leaked();
        group.spawn(suspend());
      },
      "! CLOSED_SCOPE",
    ],
    [
      "spawning into a group that is closing because a task has failed",
      function* () {
        yield* taskGroup(function* (group) {
          group.spawn(failAfter(1, "first"));
          group.spawn(function* () {
            try {
              yield* suspend();
            } finally {
              group.spawn(suspend());
            }
          });
        });
      },
      "! [first CLOSED_SCOPE]",
    ],
    [
      "spawning what is no operation",
      function* () {
        yield* taskGroup(function* (group) {
          group.spawn((() => Promise.resolve()) as never);
        });
      },
      "! [NOT_AN_OPERATION]",
    ],
    [
      "a group whose body is no generator function",
      function* () {
        yield* taskGroup((() => Promise.resolve()) as never);
      },
      "! NOT_AN_OPERATION",
    ],
  ]);
});
