import { describe, expect, it } from "@jest/globals";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { each, forEach, operation, run, sleep, spawn, suspend } from "coppice";
import { linesIn, useWritable } from "coppice/node";
import { endOf, quiet } from "../support/ways-to-cancel.js";
import { simulate, world } from "../support/virtual.js";

/** Takes one chunk at a time, when it is told to. */
class Slow extends Writable {
  readonly log: unknown[] = [];
  #done: (error?: Error) => void = () => undefined;

  constructor() {
    super({ highWaterMark: 1, decodeStrings: false });
  }

  drain(error?: Error): void {
    this.#done(error);
  }

  override _write(chunk: unknown, _: unknown, done: (error?: Error | null) => void): void {
    this.log.push(chunk);
    this.#done = done;
  }

  override _final(done: () => void): void {
    this.log.push("finished");
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (error !== null) this.log.push({ destroyed: error });
    done(error);
  }
}

const listeners = (stream: Writable): number =>
  ["error", "drain", "close"].reduce((sum, name) => sum + stream.listenerCount(name), 0);

describe("useWritable", () => {
  it("writes with backpressure: the next chunk waits for room", async () => {
    const stream = new Slow();
    const task = run(function* () {
      const writer = yield* useWritable(stream);
      for (const chunk of ["a", "b"]) {
        yield* writer.write(chunk);
        stream.log.push(`went on after ${chunk}`);
      }
    });
    await quiet();
    expect(stream.log).toEqual(["a", "went on after a"]);
    stream.drain();
    await quiet();
    expect(stream.log).toEqual(["a", "went on after a", "b", "went on after b"]);
    stream.drain();
    await task;
    expect(stream.log.at(-1)).toBe("finished");
    expect(listeners(stream)).toBe(0);
  });

  it("ends the stream at the end of the boundary, and waits until all is written", async () => {
    const stream = new Slow();
    const task = run(function* () {
      yield* operation(function* () {
        yield* (yield* useWritable(stream)).write("a");
      })();
      stream.log.push("after");
    });
    await quiet();
    expect(stream.log).toEqual(["a"]);
    stream.drain();
    await task;
    expect(stream.log).toEqual(["a", "finished", "after"]);
  });

  it("leaves the stream open with preventClose", async () => {
    const stream = new Slow();
    await run(useWritable(stream, { preventClose: true }));
    expect([stream.log, stream.destroyed, listeners(stream)]).toEqual([[], false, 0]);
  });

  it("destroys the stream with the cancellation's reason", async () => {
    const { run } = world();
    const stream = new Slow();
    const reason = new Error("gone");
    await run(function* () {
      const task = yield* spawn(function* () {
        yield* useWritable(stream);
        yield* suspend();
      });
      yield* sleep(1);
      yield* task.cancel(reason);
    });
    expect(stream.log).toEqual([{ destroyed: reason }]);
    expect(listeners(stream)).toBe(0);
  });

  it("destroys the stream with the error that the boundary fails with", async () => {
    const stream = new Slow();
    const error = new Error("failed");
    const ended = await endOf(
      simulate(function* () {
        yield* useWritable(stream);
        throw error;
      }),
    );
    expect([ended.error, stream.log]).toEqual([error, [{ destroyed: error }]]);
  });

  it("S6 does not write a chunk whose write was cancelled", async () => {
    const stream = new Slow();
    const task = run(function* () {
      const writer = yield* useWritable(stream);
      yield* writer.write("a");
      yield* writer.write("never");
    });
    await quiet();
    await task.cancel(new Error("enough"));
    expect(stream.log).toEqual(["a", { destroyed: new Error("enough") }]);
  });

  it("throws what the stream fails with, into a write that waits or the next one", async () => {
    const stream = new Slow();
    const error = new Error("disk full");
    const task = run(function* () {
      const writer = yield* useWritable(stream);
      yield* writer.write("a");
      yield* writer.write("b");
    });
    await quiet();
    stream.drain(error);
    expect((await endOf(task)).error).toBe(error);
  });

  it("copies a file", async () => {
    const folder = await mkdtemp(join(tmpdir(), "coppice-"));
    const target = join(folder, "copy");
    try {
      await run(function* () {
        const writer = yield* useWritable(createWriteStream(target));
        const source: AsyncIterable<Uint8Array> = createReadStream("package.json", { highWaterMark: 100 });
        yield* forEach(source, (chunk) => writer.write(chunk), {
          concurrency: 1,
        });
      });
      expect(await readFile(target, "utf8")).toBe(await readFile("package.json", "utf8"));
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("E5 refuses what is no Writable", () => {
    // @ts-expect-error -- no stream
    expect(() => useWritable({})).toThrow("useWritable() needs a Writable, got an object of class Object.");
  });
});

describe("linesIn", () => {
  const linesOf = async (...chunks: (string | Uint8Array)[]): Promise<string[]> => {
    const lines: string[] = [];
    for await (const line of linesIn(Readable.from(chunks))) lines.push(line);
    return lines;
  };

  it("puts lines together from chunks, without their ends", async () => {
    expect(await linesOf("a", "b\nc", "\r\n", "\nd")).toEqual(["ab", "c", "", "d"]);
    expect(await linesOf("a\n")).toEqual(["a"]);
    expect(await linesOf()).toEqual([]);
  });

  it("keeps characters together that chunks have torn apart", async () => {
    const bytes = new TextEncoder().encode("ü\nö");
    expect(await linesOf(...Array.from(bytes, (_, i) => bytes.subarray(i, i + 1)))).toEqual(["ü", "ö"]);
  });

  it("C1 leaves an idle stream at once when the loop is cancelled, and destroys it", async () => {
    const { run } = world();
    const idle = new Readable({ read: () => undefined });
    const task = run(function* () {
      const lines = each(linesIn(idle));
      yield* lines.next();
    });
    await quiet();
    await task.cancel();
    expect(idle.destroyed).toBe(true);
  });
});
