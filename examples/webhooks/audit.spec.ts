import { describe, expect, it } from "@jest/globals";
import { audit, type StoredWebhook } from "./audit.js";

const row = (id: string, progress: Partial<StoredWebhook> = {}): StoredWebhook => ({
  id,
  source: "shop",
  body: "{}",
  attempts: 1,
  isForwarded: true,
  isPublished: true,
  isFailed: false,
  lastError: null,
  ...progress,
});

describe("audit", () => {
  it("finds nothing lost when every accepted id was seen everywhere", () => {
    const seen = new Set(["a", "b"]);
    const findings = audit({
      accepted: ["a", "b"],
      rows: [row("a"), row("b"), row("c")],
      forwarded: seen,
      published: seen,
    });
    expect(findings).toEqual({ stored: 2, forwarded: 2, published: 2, lost: [] });
  });

  it("names what is missing, and where", () => {
    const findings = audit({
      accepted: ["a", "b", "c"],
      rows: [row("a"), row("c", { isPublished: false })],
      forwarded: new Set(["a", "b"]),
      published: new Set(["a", "c"]),
    });
    expect(findings.lost).toEqual([
      "b: not in the database, not seen in the queue",
      "c: not marked as published, not seen downstream",
    ]);
  });
});
