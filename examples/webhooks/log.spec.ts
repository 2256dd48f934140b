import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

describe("the log", () => {
  it.each(["text", "json"])(
    "does not end the program when nobody reads it any more: %s",
    async (format) => {
      const program = `
        const { createLog } = await import("./examples/webhooks/log.ts");
        const log = createLog({ level: "info", format: "${format}" });
        log.info("here");
        process.stdin.resume();
        process.stdin.on("end", () => {
          log.info("nobody reads this");
          setImmediate(() => log.info("nor this"));
        });`;
      const args = ["--import", "tsx", "--input-type=module", "-e", program];
      const child = spawn(process.execPath, args, { cwd: REPOSITORY, stdio: ["pipe", "pipe", "inherit"] });
      await once(child.stdout, "data");
      child.stdout.destroy();
      await once(child.stdout, "close");
      child.stdin.end();
      expect(await once(child, "exit")).toEqual([0, null]);
    },
    60_000,
  );
});
