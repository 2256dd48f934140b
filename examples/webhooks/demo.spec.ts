import { describe, expect, it } from "@jest/globals";
import { percentile } from "./demo-report.js";
import { startProgram } from "./testing/program.js";

describe("npm run demo", () => {
  it("drives load, stops by a signal, and finds that nothing was lost", async () => {
    const program = startProgram("demo.ts", {}, ["--webhooks", "200", "--connections", "10"]);
    expect(await program.ended).toBe(0);
    const output = program.lines.join("\n");
    expect(output).toMatch(/sending 200 webhooks over 10 connections/);
    expect(output).toMatch(/sending SIGTERM to this process/);
    expect(output).toMatch(/accepted +200 of 200/);
    expect(output).toMatch(/stored +200 \(/);
    expect(output).toMatch(/forwarded +200 \(seen downstream; 2 retries\)/);
    expect(output).toMatch(/published +200 \(/);
    expect(output).toMatch(/rate +[\d,]+ requests per second/);
    expect(output).toMatch(/latency +p50 [\d.,]+ ms, p99 [\d.,]+ ms/);
    expect(output).toMatch(/shutdown +[\d.,]+ ms/);
    expect(output).toMatch(/lost +nothing/);
  }, 120_000);

  it("takes its load from the environment too, and refuses what is no number", async () => {
    const program = startProgram("demo.ts", { DEMO_WEBHOOKS: "many" });
    expect(await program.ended).toBe(1);
    expect(program.lines[0]).toBe('webhooks must be a whole number from 1 to 9999999, got "many".');
  }, 60_000);
});

describe("percentile", () => {
  it("gives the value that the share does not exceed", () => {
    const values = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect([0.5, 0.99, 1].map((share) => percentile(values, share))).toEqual([50, 99, 100]);
    expect(percentile([], 0.5)).toBe(0);
    expect(percentile([7], 0.99)).toBe(7);
  });
});
