import { describe, expect, it } from "@jest/globals";
import { ensure, operation, sleep, suspend, type Operation } from "coppice";
import { byCancel, cancelAt, everyWay } from "../support/ways-to-cancel.js";

type Cleanup = (log: (event: string) => void) => Operation<void>;

/** Three steps in one boundary. */
const threeSteps = operation(function* threeSteps(log: (event: string) => void) {
  for (const step of [1, 2, 3]) {
    yield* sleep(1);
    log(`step ${step}`);
  }
});

function* threePlainSteps(log: (event: string) => void): Operation<void> {
  for (const step of [1, 2, 3]) {
    yield* sleep(1);
    log(`plain step ${step}`);
  }
}

/** A victim that delegates natively to a function with the given cleanup. */
function delegating(cleanup: Cleanup, log: string[]): () => Operation<void> {
  const write = (event: string): void => void log.push(event);
  function* delegate(): Operation<void> {
    try {
      yield* suspend();
    } finally {
      yield* cleanup(write);
      log.push("AFTER CLEANUP");
    }
    log.push("AFTER FINALLY");
  }
  return function* victim() {
    try {
      yield* delegate();
      log.push("RESUMED");
    } finally {
      log.push("caller cleaned");
    }
  };
}

describe("a finally block of a delegated function*", () => {
  it.each(everyWay)("C4 performs its operation to completion and is left there: %s", async (_, way) => {
    const log: string[] = [];
    const trial = await cancelAt(way, 10, delegating(threeSteps, log));
    expect(log).toEqual(["step 1", "step 2", "step 3", "caller cleaned"]);
    expect(trial.at).toBe(13);
  });

  it("C4 is left at the first wait when it delegates further", async () => {
    const log: string[] = [];
    await cancelAt(byCancel, 10, delegating(threePlainSteps, log));
    expect(log).toEqual(["caller cleaned"]);
  });

  it("C4 is left to the next enclosing finally, which performs its own operation", async () => {
    const log: string[] = [];
    function* delegate(): Operation<void> {
      try {
        try {
          yield* suspend();
        } finally {
          yield* threeSteps((event) => log.push(`inner ${event}`));
          log.push("AFTER INNER");
        }
      } finally {
        yield* threeSteps((event) => log.push(`outer ${event}`));
        log.push("AFTER OUTER");
      }
    }
    await cancelAt(byCancel, 10, function* victim() {
      yield* delegate();
      log.push("RESUMED");
    });
    expect(log).toEqual(
      ["inner", "outer"].flatMap((block) => [1, 2, 3].map((step) => `${block} step ${step}`)),
    );
  });

  it("C4 is left also when the operation needs no waiting", async () => {
    const log: string[] = [];
    await cancelAt(
      byCancel,
      10,
      delegating(() => ensure(() => log.push("registered and run")), log),
    );
    expect(log).toEqual(["caller cleaned", "registered and run"]);
  });

  it("C4 belongs to the boundary's own generator when that calls helpers from it", async () => {
    const log: string[] = [];
    await cancelAt(byCancel, 10, function* victim() {
      try {
        yield* suspend();
      } finally {
        yield* threePlainSteps((event) => log.push(event));
        log.push("and goes on");
      }
    });
    expect(log).toEqual(["plain step 1", "plain step 2", "plain step 3", "and goes on"]);
  });
});

describe("a helper that fails in a finally block", () => {
  it("C4, C5 is left by its own finally, and its caller is not resumed as if it had returned", async () => {
    const log: string[] = [];
    const failing = operation(function* failing() {
      yield* sleep(1);
      throw new Error("disk full");
    });
    function* helper(): Operation<void> {
      try {
        yield* failing();
      } finally {
        yield* threeSteps((event) => log.push(event));
        log.push("AFTER CLEANUP");
      }
    }
    const trial = await cancelAt(byCancel, 10, function* victim() {
      try {
        try {
          yield* suspend();
        } finally {
          yield* helper();
          log.push("RESUMED");
        }
      } finally {
        yield* sleep(1);
        yield* sleep(1);
        log.push("own cleanup");
      }
    });
    expect(log).toEqual(["step 1", "step 2", "step 3", "own cleanup"]);
    expect([trial.ended, trial.at]).toEqual(["disk full", 16]);
  });

  it("C7 is cut when it goes back to the operation that failed", async () => {
    const log: string[] = [];
    const failing = operation(function* failing() {
      yield* sleep(1);
      throw new Error("disk full");
    });
    const trial = await cancelAt(byCancel, 10, function* victim() {
      try {
        yield* suspend();
      } finally {
        for (;;) {
          try {
            yield* failing();
          } finally {
            log.push("once more");
            // eslint-disable-next-line no-unsafe-finally -- the mistake that this is about
            continue;
          }
        }
      }
    });
    expect(log.length).toBeLessThan(200);
    expect(trial.left).toEqual({ tasks: 0, timers: 0, ready: 0 });
  });
});

describe("debug mode", () => {
  it.each(everyWay)(
    "C4 warns of a delegate that waits in its finally, and names the place: %s",
    async (_, way) => {
      const { host } = await cancelAt(way, 10, delegating(threeSteps, []), true);
      expect(host.warnings).toHaveLength(1);
      expect(host.warnings[0]).toMatch(
        /finally block of a delegated function\* \(.*c4-delegates\.spec\.ts:\d+:\d+\)/,
      );
    },
  );

  it("C4 does not warn of a boundary's own finally", async () => {
    const { host } = await cancelAt(
      byCancel,
      10,
      operation(function* victim() {
        try {
          yield* suspend();
        } finally {
          yield* sleep(1);
          yield* threePlainSteps(() => undefined);
        }
      }),
      true,
    );
    expect(host.warnings).toEqual([]);
  });

  it("C4 does not warn of a delegate whose finally does not wait", async () => {
    function* delegate(): Operation<void> {
      try {
        yield* suspend();
      } finally {
        // nothing to wait for
      }
    }
    const { host } = await cancelAt(byCancel, 10, delegate, true);
    expect(host.warnings).toEqual([]);
  });

  it("C4 does not warn when it is off", async () => {
    const { host } = await cancelAt(byCancel, 10, delegating(threeSteps, []));
    expect(host.warnings).toEqual([]);
  });
});
