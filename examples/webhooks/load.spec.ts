/** A short version of the load and of one fault of each kind, on servers of their own. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { once } from "node:events";
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const missing = [
  !existsSync("/usr/lib/postgresql") && "PostgreSQL's programs in /usr/lib/postgresql",
  spawnSync("nats-server", ["--version"], { env: { PATH: `${process.env["PATH"] ?? ""}:/usr/sbin` } })
    .error !== undefined && "nats-server",
].filter((name) => name !== false);

async function drive(file: string, ...args: string[]): Promise<{ code: unknown; output: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", `benchmarks/webhooks/${file}`, ...args], {
    cwd: REPOSITORY,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (text: Buffer) => (output += text.toString()));
  const [code] = (await once(child, "close")) as unknown[];
  return { code, output };
}

if (missing.length === 0) describe("the service under load", specs);
else if (process.env["CI"] === undefined) {
  console.warn(`Left out: load and faults, which need ${missing.join(" and ")}.`);
  it("is left out, for there are no servers to start", () => undefined);
} else {
  it("needs servers to start", () => {
    throw new Error(`There must be ${missing.join(" and ")} on a CI machine.`);
  });
}

function specs(): void {
  it("loses nothing, and ends in order", async () => {
    const { code, output } = await drive(
      "load.ts",
      ...["--broker", "nats", "--programs", "coppice", "--rate", "100", "--seconds", "3", "--warm-up", "1"],
      // Other specs want the processor as well.
      ...["--servers", "usual"],
    );
    expect(output).toMatch(/300 of 300 accepted|29\d of 29\d accepted|30\d of 30\d accepted/);
    expect(output).toMatch(/ acknowledged, 0 missing/);
    expect(output).toMatch(/SIGTERM: 0 after/);
    expect(code).toBe(0);
  }, 120_000);

  it("survives a fault of each kind", async () => {
    const { code, output } = await drive(
      "faults.ts",
      ...["--broker", "nats", "--rate", "50", "--longest", "500", "--grace", "3000"],
      ...["--only", "SIGKILL,connections cut,resetting,broker restarted"],
    );
    expect(output).toMatch(/All 4 faults survived/);
    expect(code).toBe(0);
  }, 180_000);
}
