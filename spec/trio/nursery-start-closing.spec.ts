import { describe } from "@jest/globals";
import { attempt, sleep, suspend, taskGroup, type Operation, type Started, type TaskGroup } from "coppice";
import { stories } from "../support/story.js";

/** Is ready after a time, and goes on as long again. */
const readyAfter = (ms: number) =>
  function* ready(started: Started<number>): Operation<void> {
    yield* sleep(ms);
    started(ms);
    yield* sleep(ms);
  };

const never = function* (): Operation<void> {
  yield* suspend();
};

describe("Trio's nursery.start: groups that close", () => {
  stories([
    [
      "into a closed group is an error at once",
      function* () {
        const closed = yield* taskGroup(function* (group) {
          return group;
        });
        yield* closed.start(never);
      },
      "! CLOSED_SCOPE",
    ],
    [
      "keeps another task's group open while it waits",
      function* (note) {
        yield* taskGroup(function* (outer) {
          const opened: { group?: TaskGroup } = {};
          outer.spawn(function* () {
            yield* taskGroup(function* (group) {
              opened.group = group;
              yield* sleep(2);
            });
            note("inner group ended");
          });
          yield* sleep(1);
          const { group } = opened;
          if (group !== undefined) yield* group.start(readyAfter(3));
          note("started");
        });
      },
      "started@4, inner group ended@7",
    ],
    [
      "several at once, each waits for its own",
      function* (note) {
        yield* taskGroup(function* (group) {
          for (const ms of [3, 1, 2]) {
            group.spawn(function* () {
              note(yield* group.start(readyAfter(ms)));
            });
          }
        });
        note("end");
      },
      "1@1, 2@2, 3@3, end@6",
    ],
    [
      "when the group is cancelled before started(), it ends with the group",
      function* (note) {
        yield* taskGroup(function* (group) {
          group.spawn(function* () {
            yield* sleep(1);
            void group.cancel();
          });
          yield* group.start(never);
          note("not reached");
        });
        note("quiet");
      },
      "quiet@1",
    ],
    [
      "started() after the group was cancelled: the child is the group's, and is cut",
      function* (note) {
        yield* taskGroup(function* (group) {
          yield* group.start(function* (started) {
            void group.cancel();
            started();
            try {
              yield* suspend();
            } finally {
              note("cut");
            }
          });
        });
        note("quiet");
      },
      "cut, quiet",
    ],
    [
      "is named in the error when it fails to start",
      function* (note) {
        yield* taskGroup(function* (group) {
          const ended = yield* attempt(
            group.start(
              function* () {
                yield* sleep(1);
              },
              { name: "server" },
            ),
          );
          note(ended.ok ? "" : (ended.error as Error).message);
        });
      },
      'Task "server" ended without calling started(). Call started() when it is ready, or use group.spawn().@1',
    ],
  ]);
});
