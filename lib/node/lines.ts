import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** The lines of a stream of text, for `forEach`, `each` and `for await`. */
class Lines implements AsyncIterable<string, undefined>, AsyncDisposable {
  constructor(private readonly stream: Readable) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<string, undefined> {
    const decoder = new StringDecoder("utf8");
    let rest = "";
    for await (const chunk of this.stream as AsyncIterable<string | Uint8Array>) {
      const lines = (typeof chunk === "string" ? chunk : decoder.write(chunk)).split("\n");
      // What was left over belongs to the first line; only new text is searched.
      lines[0] = rest + (lines[0] ?? "");
      rest = lines.pop() ?? "";
      for (const line of lines) yield withoutReturn(line);
    }
    rest += decoder.end();
    if (rest !== "") yield withoutReturn(rest);
    return undefined;
  }

  /** Ends a wait for the next line, which the generator's `return()` would stand behind. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { stream } = this;
    await new Promise<void>((resolve) => {
      if (stream.closed) resolve();
      else stream.once("close", resolve);
      stream.destroy();
    });
  }
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

/**
 * Gives the lines of a stream, without their ends. A last line without an end counts, an empty one does not. A loop
 * that ends before the stream does destroys it.
 *
 * @param stream - of text, or of bytes in UTF-8
 * @example yield* forEach(linesIn(child.stdout), function* (line) { yield* log(line); }, { concurrency: 1 });
 */
export function linesIn(stream: Readable): AsyncIterable<string, undefined> & AsyncDisposable {
  return new Lines(stream);
}
