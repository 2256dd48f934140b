/** Packages written for Effection, used from operations of ours. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createApi } from "@effectionx/context-api";
import { JSONLStore } from "@effectionx/jsonl-store";
import { daemon, exec } from "@effectionx/process";
import { raf } from "@effectionx/raf";
import { x } from "@effectionx/tinyexec";
import type { Operation as Theirs, Stream } from "effection";
import { attempt, run, scoped, suspend, type Operation } from "coppice";
import { fromEffection, toEffection } from "coppice/effection";
import { ourTurn, settled } from "./support.js";

/** The items of a stream of theirs, as far as they are wanted. */
function* take<T>(stream: Stream<T, unknown>, most = Infinity): Operation<T[]> {
  const items: T[] = [];
  const subscription = yield* fromEffection(stream);
  while (items.length < most) {
    const next = yield* fromEffection(subscription.next());
    if (next.done === true) break;
    items.push(next.value);
  }
  return items;
}

describe("@effectionx/process", () => {
  it("runs a command to its end", async () => {
    const result = await run(fromEffection(exec(`${process.execPath} -p "6 * 7"`).expect()));
    expect(result.stdout.trim()).toBe("42");
  });

  it("throws its own error for a command that fails", async () => {
    const command = exec(`${process.execPath} -e "process.exit(3)"`);
    const ended = await run(attempt(fromEffection(command.expect())));
    expect(ended).toMatchObject({ ok: false, error: { name: "ExecError" } });
  });

  it("keeps a daemon alive for our boundary, and ends it with that", async () => {
    const pid = await run(
      scoped(function* () {
        const child = yield* fromEffection(daemon(`${process.execPath} -e "setInterval(() => {}, 1000)"`));
        expect(isAlive(child.pid)).toBe(true);
        return child.pid;
      }),
    );
    while (isAlive(pid)) await settled();
    expect(isAlive(pid)).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("@effectionx/tinyexec", () => {
  it("streams the lines of a program, and gives what it wrote", async () => {
    const program = "for (const n of [1, 2, 3]) console.log(n)";
    const lines = await run(function* () {
      const child = yield* fromEffection(x(process.execPath, ["-e", program]));
      return yield* take(child.lines);
    });
    expect(lines).toEqual(["1", "2", "3"]);
    const output = await run(function* () {
      const child = yield* fromEffection(x(process.execPath, ["-e", program]));
      return yield* fromEffection(child);
    });
    expect(output.stdout.split("\n")).toEqual(expect.arrayContaining(["1", "2", "3"]));
  });
});

describe("@effectionx/jsonl-store", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "coppice-store-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("writes, appends and reads back as a stream", async () => {
    const items = await run(function* () {
      const store = JSONLStore.from({ location: pathToFileURL(`${folder}/`) });
      yield* fromEffection(store.write("events", { n: 1 }));
      yield* fromEffection(store.append("events", { n: 2 }));
      expect(yield* fromEffection(store.has("events"))).toBe(true);
      return yield* take(store.read<{ n: number }>("events"));
    });
    expect(items).toEqual([{ n: 1 }, { n: 2 }]);
  });
});

describe("@effectionx/context-api", () => {
  it("calls operations of ours as its handlers, wrapped by its middleware", async () => {
    const api = createApi("greeting", {
      *greet(name: string): Theirs<string> {
        return yield* toEffection(function* () {
          yield* ourTurn();
          return `hello ${name}`;
        });
      },
    });
    const text = await run(
      fromEffection(function* () {
        yield* api.around({
          *greet(args, next) {
            return `${yield* next(...args)}!`;
          },
        });
        return yield* api.operations.greet("ada");
      }),
    );
    expect(text).toBe("hello ada!");
  });
});

describe("@effectionx/raf", () => {
  const frames = new Set<NodeJS.Immediate>();
  const page = globalThis as unknown as Record<string, unknown>;
  beforeAll(() => {
    // A browser's frames, made of turns of Node's loop.
    page["requestAnimationFrame"] = (callback: (time: number) => void) => {
      const frame = setImmediate(() => {
        frames.delete(frame);
        callback(performance.now());
      });
      frames.add(frame);
      return frame;
    };
    page["cancelAnimationFrame"] = (frame: NodeJS.Immediate) => {
      frames.delete(frame);
      clearImmediate(frame);
    };
  });
  afterAll(() => {
    delete page["requestAnimationFrame"];
    delete page["cancelAnimationFrame"];
  });

  it("gives frames as long as our boundary lasts, and asks for none after it", async () => {
    const times = await run(scoped(() => take(raf, 3)));
    expect(times).toHaveLength(3);
    expect(frames.size).toBe(0);
    const task = run(function* () {
      yield* fromEffection(raf);
      yield* suspend();
    });
    await settled();
    expect(frames.size).toBe(1);
    await task.cancel();
    expect(frames.size).toBe(0);
  });
});
