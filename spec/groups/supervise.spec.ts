import { describe, expect, it } from "@jest/globals";
import {
  ensure,
  ExceptionGroup,
  notesOf,
  now,
  operation,
  sleep,
  supervise,
  suspend,
  timeout,
  type Child,
  type SupervisorEvent,
  type SupervisorOptions,
} from "coppice";
import { fail } from "../support/fail.js";
import { simulate, VirtualHost, world } from "../support/virtual.js";
import { runOn, Scheduler } from "../../lib/kernel/index.js";
import { rejectionOf } from "../support/rejection.js";

const lost = new Error("lost");

/** A log of events: what happened to whom, and when. */
class Journal {
  readonly lines: string[] = [];
  readonly note = ({ type, child, at, error, delay }: SupervisorEvent): void => {
    const why = error === undefined ? "" : ` (${(error as Error).message})`;
    const pause = delay === undefined ? "" : ` in ${delay}`;
    this.lines.push(`${at}: ${child.name} ${type}${pause}${why}`);
  };
}

/** Fails so often, then ends. */
function flaky(failures: number, ms = 10) {
  let count = 0;
  return operation(function* flaky() {
    yield* sleep(ms);
    if (++count <= failures) fail(new Error(`no. ${count}`));
    return `after ${count}`;
  });
}

const plain: SupervisorOptions = { delay: 100, backoff: 1, jitter: 0 };

describe("supervise", () => {
  it("runs a child again after it has failed, and tells of all that happens", async () => {
    const journal = new Journal();
    const children: Child<string>[] = [];
    await simulate(
      supervise(
        function* (supervisor) {
          children.push(supervisor.spawn(flaky(2)()));
          yield* sleep(0);
        },
        { ...plain, onEvent: journal.note },
      ),
    );
    expect(journal.lines).toEqual([
      "0: flaky started",
      "10: flaky failed (no. 1)",
      "10: flaky restarting in 100 (no. 1)",
      "110: flaky started",
      "120: flaky failed (no. 2)",
      "120: flaky restarting in 100 (no. 2)",
      "220: flaky started",
      "230: flaky completed",
    ]);
    expect(children[0]).toMatchObject({ state: "completed", restarts: 2, error: new Error("no. 2") });
    expect(children[0]?.task.result()).toBe("after 3");
  });

  it("lets a child fail alone: the others go on", async () => {
    const log: string[] = [];
    await simulate(
      supervise(
        function* (supervisor) {
          supervisor.spawn(flaky(1));
          supervisor.spawn(function* steady() {
            for (let i = 0; i < 3; i++) {
              yield* sleep(50);
              log.push(`steady at ${now()}`);
            }
          });
          yield* sleep(0);
        },
        { ...plain, onEvent: () => undefined },
      ),
    );
    expect(log).toEqual(["steady at 50", "steady at 100", "steady at 150"]);
  });

  it("ends when its body has and no child runs any more, with the body's value", async () => {
    const { run, host } = world();
    await expect(
      run(
        supervise(function* (supervisor) {
          supervisor.spawn(sleep(30));
          yield* sleep(10);
          return "body";
        }),
      ),
    ).resolves.toBe("body");
    expect(host.now()).toBe(30);
  });

  it("runs a child again whenever it ends, when told so", async () => {
    const journal = new Journal();
    await simulate(
      timeout(
        25,
        supervise(
          function* (supervisor) {
            supervisor.spawn(sleep(10), { name: "poll", restart: "always", delay: 1 });
            yield* suspend();
          },
          { ...plain, onEvent: journal.note },
        ),
        { otherwise: undefined },
      ),
    );
    expect(journal.lines).toEqual([
      "0: poll started",
      "10: poll completed",
      "10: poll restarting in 1",
      "11: poll started",
      "21: poll completed",
      "21: poll restarting in 1",
      "22: poll started",
      "25: poll cancelled",
    ]);
  });

  it("never runs a child again, when told so; its task throws the error, and the supervisor does not", async () => {
    const children: Child[] = [];
    const caught: unknown[] = [];
    await simulate(
      supervise(function* (supervisor) {
        const child = supervisor.spawn(flaky(9), { restart: "never" });
        children.push(child);
        try {
          yield* child.task;
        } catch (error) {
          caught.push(error);
        }
      }),
    );
    expect(caught).toEqual([new Error("no. 1")]);
    expect(children[0]).toMatchObject({ state: "failed", restarts: 0, error: new Error("no. 1") });
  });

  it("tells the host of a child that fails for good when nobody else is told (E2)", async () => {
    const { run, host } = world();
    await run(
      supervise(function* (supervisor) {
        supervisor.spawn(flaky(9), { restart: "never" });
        yield* sleep(50);
      }),
    );
    expect(host.warnings).toHaveLength(1);
    expect(host.warnings[0]).toMatch(/^"flaky" failed and is not run again: Error: no\. 1\n/);
    expect(host.unobservedErrors).toEqual([]);
    const quiet = world();
    await quiet.run(
      supervise(
        function* (supervisor) {
          supervisor.spawn(flaky(9), { restart: "never" });
          yield* sleep(50);
        },
        { onEvent: () => undefined },
      ),
    );
    expect(quiet.host.warnings).toEqual([]);
  });

  it("gives up when a child has used up its restarts: cancels the others and throws its last error in a group", async () => {
    const journal = new Journal();
    const error = await rejectionOf(
      simulate(
        supervise(
          function* (supervisor) {
            supervisor.spawn(flaky(9), { limit: { restarts: 2, within: 1_000 } });
            supervisor.spawn(suspend(), { name: "other" });
            yield* suspend();
          },
          { ...plain, onEvent: journal.note, name: "services" },
        ),
      ),
    );
    expect(error).toBeInstanceOf(ExceptionGroup);
    expect((error as ExceptionGroup).message).toBe('Task group "services" failed with 1 error');
    expect((error as ExceptionGroup).errors).toEqual([new Error("no. 3")]);
    expect(notesOf((error as ExceptionGroup).errors[0])).toEqual([
      'supervise() gave up "flaky" after 2 restarts within 1000 ms',
    ]);
    expect(journal.lines.slice(-3)).toEqual([
      "230: flaky failed (no. 3)",
      "230: flaky gave-up (no. 3)",
      "230: other cancelled",
    ]);
  });

  it("counts restarts within the given time only", async () => {
    const children: Child[] = [];
    await simulate(
      supervise(
        function* (supervisor) {
          children.push(supervisor.spawn(flaky(5, 400), { limit: { restarts: 2, within: 1_000 } }));
          yield* sleep(0);
        },
        { ...plain, onEvent: () => undefined },
      ),
    );
    expect(children[0]).toMatchObject({ state: "completed", restarts: 5 });
  });

  it("gives up on one that ends too often", async () => {
    const error = await rejectionOf(
      simulate(
        supervise(
          function* (supervisor) {
            supervisor.spawn(sleep(1), {
              name: "poll",
              restart: "always",
              limit: { restarts: 1, within: 10_000 },
            });
            yield* suspend();
          },
          { ...plain, onEvent: () => undefined },
        ),
      ),
    );
    expect((error as ExceptionGroup).errors).toEqual([
      new Error(
        '"poll" has ended again after 1 restart within 10000 ms. Let it go on, or raise its `limit`.',
      ),
    ]);
  });

  it("pauses longer and longer while failures come close together, with a part left to chance", async () => {
    const delays: unknown[] = [];
    const host = Object.assign(new VirtualHost(), { random: () => 0.5 });
    await runOn(
      new Scheduler(host),
      supervise(
        function* (supervisor) {
          supervisor.spawn(flaky(5, 0));
          yield* sleep(0);
        },
        {
          delay: 100,
          backoff: 2,
          maxDelay: 500,
          jitter: 0.2,
          onEvent: ({ delay }) => {
            if (delay !== undefined) delays.push(delay);
          },
        },
      ),
    );
    expect(delays).toEqual([90, 180, 360, 450, 450]);
  });

  it("begins with short pauses again after a good while", async () => {
    const delays: unknown[] = [];
    await simulate(
      supervise(
        function* (supervisor) {
          supervisor.spawn(flaky(2, 70_000));
          yield* sleep(0);
        },
        {
          delay: 100,
          backoff: 2,
          jitter: 0,
          onEvent: ({ delay }) => {
            if (delay !== undefined) delays.push(delay);
          },
        },
      ),
    );
    expect(delays).toEqual([100, 100]);
  });

  it("runs each run in a boundary of its own, cleaned up before the pause", async () => {
    const log: string[] = [];
    let count = 0;
    await simulate(
      supervise(
        function* (supervisor) {
          supervisor.spawn(function* () {
            yield* ensure(() => log.push(`gave back at ${now()}`));
            yield* sleep(1);
            if (++count < 2) fail(lost);
          });
          yield* sleep(0);
        },
        { ...plain, onEvent: () => undefined },
      ),
    );
    expect(log).toEqual(["gave back at 1", "gave back at 102"]);
  });

  it("cancels one child for good, and lets the others go on", async () => {
    const journal = new Journal();
    await simulate(
      supervise(
        function* (supervisor) {
          const child = supervisor.spawn(suspend(), { name: "a" });
          supervisor.spawn(sleep(20), { name: "b" });
          yield* sleep(5);
          yield* child.cancel("enough");
          expect(child.state).toBe("cancelled");
          expect(supervisor.children.map(({ name }) => name)).toEqual(["b"]);
        },
        { ...plain, onEvent: journal.note },
      ),
    );
    expect(journal.lines).toEqual(["0: a started", "0: b started", "5: a cancelled", "20: b completed"]);
  });

  it("cancels a child in its pause too", async () => {
    const { run, host } = world();
    await run(
      supervise(
        function* (supervisor) {
          const child = supervisor.spawn(flaky(9));
          yield* sleep(20);
          expect(child.state).toBe("pausing");
          yield* child.cancel();
        },
        { ...plain, delay: 10_000, onEvent: () => undefined },
      ),
    );
    expect(host.now()).toBe(20);
  });

  it("ends quietly when it is cancelled by itself", async () => {
    await expect(
      simulate(
        supervise(function* (supervisor) {
          supervisor.spawn(suspend());
          yield* sleep(1);
          yield* supervisor.cancel("closing time");
          return "never";
        }),
      ),
    ).resolves.toBeUndefined();
  });

  it("fails with the body, and with what the cleanup of children adds", async () => {
    const error = await rejectionOf(
      simulate(
        supervise(function* (supervisor) {
          supervisor.spawn(function* () {
            yield* ensure(() => fail("cleanup"));
            yield* suspend();
          });
          yield* sleep(1);
          fail(lost);
        }),
      ),
    );
    expect((error as ExceptionGroup).errors).toEqual([lost, "cleanup"]);
  });

  it("takes an error of onEvent for what it is: the child has failed for good", async () => {
    const error = await rejectionOf(
      simulate(
        supervise(
          function* (supervisor) {
            supervisor.spawn(suspend());
            yield* suspend();
          },
          { onEvent: () => fail(lost) },
        ),
      ),
    );
    expect((error as ExceptionGroup).errors).toEqual([lost]);
  });

  it("lists its children as long as they may run", async () => {
    const seen: string[][] = [];
    await simulate(
      supervise(
        function* (supervisor) {
          supervisor.spawn(sleep(10), { name: "a" });
          supervisor.spawn(flaky(1), { name: "b" });
          for (const wait of [5, 10, 200]) {
            seen.push(supervisor.children.map(({ name, state }) => `${name} ${state}`));
            yield* sleep(wait);
          }
          seen.push(supervisor.children.map(({ name }) => name));
        },
        { ...plain, onEvent: () => undefined },
      ),
    );
    expect(seen).toEqual([["a running", "b running"], ["a running", "b running"], ["b pausing"], []]);
  });

  it.each<[SupervisorOptions, string]>([
    [
      { restart: "sometimes" as never },
      'supervise() needs "on-failure", "always" or "never" as `restart`, got the string "sometimes".',
    ],
    [
      { limit: { restarts: -1, within: 5 } },
      "supervise() needs a whole number of at least 0 as `limit.restarts`, got -1.",
    ],
    [
      { limit: { restarts: 1, within: Number.NaN } },
      "supervise() needs a number of milliseconds as `limit.within` that is 0 or more, got NaN.",
    ],
    [{ onEvents: 5 } as never, 'supervise() has no option "onEvents". Did you mean "onEvent"?'],
  ])("E5 refuses %j where it is called", (options, message) => {
    expect(() => supervise(() => suspend(), options)).toThrow(message);
  });

  it("E5 refuses a child that cannot run again, and bad options of one, where it is spawned", async () => {
    function* once() {
      yield* sleep(1);
    }
    const errors: unknown[] = [];
    await simulate(
      supervise(function* (supervisor) {
        yield* sleep(0);
        for (const act of [
          () => supervisor.spawn(once()),
          () => supervisor.spawn(5 as never),
          () => supervisor.spawn(sleep(1), { delay: -1 }),
        ]) {
          try {
            act();
          } catch (error) {
            errors.push((error as Error).message);
          }
        }
      }),
    );
    expect(errors).toEqual([
      "supervisor.spawn() needs an operation that can run more than once, got a generator object, which cannot. Pass the function*.",
      "supervisor.spawn() needs an operation or a function*, got the number 5.",
      "supervisor.spawn() needs a number of milliseconds as `delay` that is 0 or more, got -1.",
    ]);
  });
});
