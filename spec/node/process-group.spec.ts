import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { isGroupAlive } from "../../lib/node/process-group.js";
import { quiet } from "../support/ways-to-cancel.js";

function stateOf(pid: number): string {
  return /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, "latin1"))?.[1] ?? "";
}

describe("a process group", () => {
  it("is gone when there never was one", () => {
    expect(isGroupAlive(2 ** 22)).toBe(false);
  });

  it("is alive while one of its processes is", async () => {
    const child = spawn("sleep", ["100"], { detached: true, stdio: "ignore" });
    await once(child, "spawn");
    const { pid = 0 } = child;
    expect(isGroupAlive(pid)).toBe(true);
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(isGroupAlive(pid)).toBe(false);
  });

  const onLinux = process.platform === "linux" ? it : () => undefined;
  onLinux("is gone when all that is left of it has ended and nobody has asked how", async () => {
    // The shell becomes a program that knows nothing of the child that it has.
    const parent = spawn("sh", ["-c", "setsid true & echo $!; exec sleep 100"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    while (stateOf(pid) !== "Z") await quiet();
    expect(() => process.kill(-pid, 0)).not.toThrow();
    expect(isGroupAlive(pid)).toBe(false);
    parent.kill("SIGKILL");
    await once(parent, "exit");
  });
});
