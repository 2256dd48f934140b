import { describe, expect, it } from "@jest/globals";
import { readConfig } from "./config.js";

describe("readConfig", () => {
  it("has a default for everything", () => {
    expect(readConfig({})).toMatchObject({
      host: "127.0.0.1",
      port: 3000,
      consumerPort: undefined,
      databaseUrl: undefined,
      downstreamUrl: undefined,
      backlog: 10_000,
      concurrency: 50,
      graceMs: 10_000,
    });
  });

  it("takes what is set", () => {
    const config = readConfig({
      PORT: " 8080 ",
      CONSUMER_PORT: "0",
      DATABASE_URL: "postgres://me@db/app",
      DOWNSTREAM_URL: "https://example.com/in",
    });
    expect(config).toMatchObject({
      port: 8080,
      consumerPort: 0,
      databaseUrl: "postgres://me@db/app",
      downstreamUrl: "https://example.com/in",
    });
  });

  it("takes a variable that is set to nothing for one that is not set", () => {
    expect(readConfig({ PORT: "", DATABASE_URL: " " })).toMatchObject({ port: 3000, databaseUrl: undefined });
  });

  it("reports all mistakes together, each with the variable and what it was given", () => {
    expect(() =>
      readConfig({ PORT: "80x", CONCURRENCY: "0", DATABASE_SCHEMA: "No good", DOWNSTREAM_URL: "ftp://x" }),
    ).toThrow(
      [
        "The configuration is not usable:",
        'PORT must be a whole number from 0 to 65535, got "80x".',
        'DATABASE_SCHEMA must be at most 63 lower-case letters, digits and underscores, not starting with a digit, got "No good".',
        "DOWNSTREAM_URL must be an address that starts with http:// or https://.",
        'CONCURRENCY must be a whole number from 1 to 10000, got "0".',
      ].join("\n  "),
    );
  });

  it.each(["-1", "1.5", "1e3", "0x10", "65536", "99999999999999999999", "NaN"])("refuses PORT=%s", (port) => {
    expect(() => readConfig({ PORT: port })).toThrow("PORT must be a whole number from 0 to 65535");
  });

  it("does not show what may hold a password", () => {
    const refusal = captureError(() => readConfig({ DATABASE_URL: "mysql://me:secret@db/app" }));
    expect(refusal).toContain("DATABASE_URL must be an address that starts with postgres://");
    expect(refusal).not.toContain("secret");
  });
});

function captureError(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return String(error);
  }
  return "";
}
