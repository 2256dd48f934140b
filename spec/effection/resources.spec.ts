import { describe, expect, it } from "@jest/globals";
import * as theirs from "effection";
import {
  attempt,
  createContext,
  ensure,
  resource,
  run,
  scoped,
  spawn,
  suspend,
  timeout,
  useScope,
  type Operation,
} from "coppice";
import { fromEffection, toEffection, whyCancelled } from "coppice/effection";
import { ourTurn, settled, theirCleanup, theirThing, theirTurn } from "./support.js";

const ourThing = (log: unknown[], name: string): Operation<string> =>
  resource<string>(function* (provide) {
    try {
      yield* provide(name);
    } finally {
      yield* ourTurn();
      log.push(`${name} given back`);
    }
  });

describe("a resource of theirs in ours", () => {
  it("lives as long as our boundary and is given back in its turn", async () => {
    const log: unknown[] = [];
    await run(
      scoped(function* () {
        yield* ensure(() => log.push("older"));
        log.push(yield* fromEffection(theirThing(log, "thing")));
        yield* ensure(() => log.push("newer"));
        yield* ourTurn();
        log.push("body ends");
      }),
    );
    expect(log).toEqual(["thing", "body ends", "newer", "thing given back", "older"]);
  });

  it("is given back when our boundary is cancelled, and knows why", async () => {
    const log: unknown[] = [];
    const held = theirs.resource<string>(function* (provide) {
      try {
        yield* provide("held");
      } finally {
        yield* theirTurn();
        log.push((yield* whyCancelled())?.reason);
      }
    });
    const task = run(function* () {
      yield* fromEffection(held);
      yield* suspend();
    });
    await settled();
    await task.cancel("why");
    expect(log).toEqual(["why"]);
  });

  it("is given back when the cancel comes in any tick around its value", async () => {
    for (let ticks = 0; ticks < 40; ticks++) {
      const log: unknown[] = [];
      let provided = 0;
      const held = theirs.resource<string>(function* (provide) {
        provided++;
        try {
          yield* provide("held");
        } finally {
          yield* theirTurn();
          log.push("given back");
        }
      });
      const task = run(function* () {
        yield* fromEffection(held);
        yield* suspend();
      });
      for (let i = 0; i < ticks; i++) await Promise.resolve();
      await task.cancel();
      expect(log).toHaveLength(provided);
    }
  });

  it("is gone when a function* that acquired it has returned", async () => {
    const log: unknown[] = [];
    await run(function* () {
      log.push(
        yield* fromEffection(function* () {
          return yield* theirThing(log, "thing");
        }),
      );
    });
    expect(log).toEqual(["thing given back", "thing"]);
  });

  it("fails our boundary when it fails later (E1)", async () => {
    const error = new Error("later");
    const failing = theirs.resource<string>(function* (provide) {
      void (yield* theirs.spawn(function* () {
        yield* theirTurn();
        throw error;
      }));
      yield* provide("soon gone");
    });
    const caught = await run(
      attempt(function* () {
        yield* fromEffection(failing);
        yield* suspend();
      }),
    );
    expect(caught).toEqual({ ok: false, error });
  });

  it("runs ours on its behalf while it lives, and in its cleanup", async () => {
    const log: unknown[] = [];
    const busy = theirs.resource<string>(function* (provide) {
      void (yield* theirs.spawn(function* () {
        yield* toEffection(function* () {
          log.push("ours inside");
          yield* ensure(() => log.push("ours gone"));
          yield* suspend();
        });
      }));
      try {
        yield* provide("busy");
      } finally {
        yield* toEffection(ourTurn());
        log.push("cleaned with ours");
      }
    });
    await run(
      scoped(function* () {
        yield* fromEffection(busy);
        for (let i = 0; i < 5; i++) yield* ourTurn();
        log.push("body ends");
      }),
    );
    expect(log[0]).toBe("ours inside");
    expect(log.slice(1).sort()).toEqual(["body ends", "cleaned with ours", "ours gone"]);
    expect(log[1]).toBe("body ends");
  });

  it("that ends by itself is forgotten then", async () => {
    const size = await run(
      scoped(function* () {
        const scope = yield* useScope();
        void (yield* fromEffection(theirs.spawn(theirTurn)));
        for (let i = 0; i < 20; i++) yield* ourTurn();
        return scope.isEmpty;
      }),
    );
    expect(size).toBe(true);
  });

  it("is a task of theirs, spawned: it lives as long as our boundary", async () => {
    const log: unknown[] = [];
    await run(
      scoped(function* () {
        const task = yield* fromEffection(theirs.spawn(() => theirCleanup(log)));
        void task;
        for (let i = 0; i < 3; i++) yield* ourTurn();
        log.push("body ends");
      }),
    );
    expect(log).toEqual(["theirs waits", "body ends", "theirs gone"]);
  });

  it("can be read as a stream of theirs, item by item", async () => {
    const items = await run(function* () {
      const channel = theirs.createChannel<number, string>();
      const subscription = yield* fromEffection(channel);
      yield* fromEffection(channel.send(1));
      yield* fromEffection(channel.send(2));
      const first = yield* fromEffection(subscription.next());
      const second = yield* fromEffection(subscription.next());
      return [first.value, second.value];
    });
    expect(items).toEqual([1, 2]);
  });
});

describe("a resource of ours in theirs", () => {
  it("lives as long as the scope that it was called in", async () => {
    const log: unknown[] = [];
    await theirs.run(function* () {
      yield* theirs.scoped(function* () {
        log.push(yield* toEffection(ourThing(log, "thing")));
        yield* theirTurn();
        log.push("body ends");
      });
      log.push("after");
    });
    expect(log).toEqual(["thing", "body ends", "thing given back", "after"]);
  });

  it("is given back when theirs is halted, in any tick around its value", async () => {
    for (let ticks = 0; ticks < 40; ticks++) {
      const log: unknown[] = [];
      let provided = 0;
      const task = theirs.run(function* () {
        yield* toEffection(
          resource<string>(function* (provide) {
            provided++;
            try {
              yield* provide("held");
            } finally {
              yield* ourTurn();
              log.push("given back");
            }
          }),
        );
        yield* theirs.suspend();
      });
      for (let i = 0; i < ticks; i++) await Promise.resolve();
      await task.halt();
      expect(log).toHaveLength(provided);
    }
  });

  it("is gone when a function* that acquired it has returned", async () => {
    const log: unknown[] = [];
    await theirs.run(function* () {
      log.push(
        yield* toEffection(function* () {
          return yield* ourThing(log, "thing");
        }),
      );
    });
    expect(log).toEqual(["thing given back", "thing"]);
  });

  it("fails its caller when it fails later", async () => {
    const error = new Error("later");
    const failing = resource<string>(function* (provide) {
      yield* spawn(function* () {
        yield* ourTurn();
        yield* ourTurn();
        throw error;
      });
      yield* provide("soon gone");
    });
    const task = theirs.run(function* () {
      yield* toEffection(failing);
      yield* theirs.suspend();
    });
    await expect(task).rejects.toBe(error);
  });
});

describe("contexts", () => {
  const [user, tenant] = [createContext<string>("user"), createContext("tenant", "none")];
  const theirUser = theirs.createContext<string>("user");
  const theirTenant = theirs.createContext<string>("tenant");

  it("are passed into theirs by name, as they stand where it is called, defaults included", async () => {
    const read = fromEffection(
      function* () {
        return [yield* theirUser.get(), yield* theirTenant.get()];
      },
      { contexts: [user, tenant] },
    );
    expect(await run(user.with("ada", read))).toEqual(["ada", "none"]);
    expect(await run(read)).toEqual([undefined, "none"]);
  });

  it("are passed into ours by name", async () => {
    const read = toEffection(
      function* () {
        return [yield* user.get(), yield* tenant.get()];
      },
      { contexts: [user, tenant] },
    );
    expect(await theirs.run(() => theirUser.with("bob", () => read))).toEqual(["bob", "none"]);
  });

  it("of ours reach ours through theirs, unnamed, as of where theirs was called", async () => {
    const seen = await run(
      user.with(
        "ada",
        fromEffection(function* () {
          return yield* toEffection(user.get());
        }),
      ),
    );
    expect(seen).toBe("ada");
  });

  it("that are set in a crossing are gone with it", async () => {
    const seen = await run(function* () {
      yield* fromEffection(theirUser.set("inside"));
      return yield* fromEffection(theirUser.get());
    });
    expect(seen).toBeUndefined();
  });
});

it("a timeout of ours bounds the acquisition of a resource of theirs", async () => {
  const log: unknown[] = [];
  const slow = theirs.resource<string>(function* (provide) {
    try {
      log.push("acquiring");
      yield* theirs.suspend();
      yield* provide("never");
    } finally {
      yield* theirTurn();
      log.push("gone");
    }
  });
  await expect(run(timeout(50, fromEffection(slow)))).rejects.toThrow("50 ms");
  expect(log).toEqual(["acquiring", "gone"]);
});
