import { createHmac } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { faultOf } from "./signature.js";

const secrets = new Map([["shop", ["new secret", "old secret"]]]);
const body = Buffer.from('{"order":1}');
const sign = (secret: string, text: string): string =>
  `sha256=${createHmac("sha256", secret).update(text).digest("hex")}`;
const check = (signature: string | undefined, timestamp?: string, source = "shop"): string | undefined =>
  faultOf(secrets, { source, body, signature, timestamp });
const now = (): string => String(Math.round(Date.now() / 1000));

describe("faultOf", () => {
  it("finds nothing wrong with a signature under any of the source's secrets", () => {
    expect(check(sign("new secret", String(body)))).toBeUndefined();
    expect(check(sign("old secret", String(body)))).toBeUndefined();
  });

  it("takes one good signature of several", () => {
    expect(check(`sha256=00,${sign("new secret", String(body))}`)).toBeUndefined();
  });

  it.each([
    ["none", undefined],
    ["an empty one", ""],
    ["one of another secret", sign("other secret", String(body))],
    ["one of another body", sign("new secret", '{"order":2}')],
    ["nothing but zeros", `sha256=${"0".repeat(64)}`],
    ["another algorithm", sign("new secret", String(body)).replace("sha256", "sha1")],
  ])("refuses %s", (_what, signature) => {
    expect(check(signature)).toMatch(/signature/);
  });

  it("refuses a source that has no secret, whatever it was signed with", () => {
    expect(check(sign("this secret is nobody's", String(body)), undefined, "stranger")).toMatch(/not right/);
  });

  it("takes a timestamp into account, and refuses one that is old", () => {
    const timestamp = now();
    expect(check(sign("new secret", `${timestamp}.${String(body)}`), timestamp)).toBeUndefined();
    expect(check(sign("new secret", String(body)), timestamp)).toMatch(/not right/);
    const old = String(Number(timestamp) - 3600);
    expect(check(sign("new secret", `${old}.${String(body)}`), old)).toMatch(/timestamp/);
  });

  it("does not take a signature with a timestamp for one without", () => {
    expect(check(sign("new secret", `${now()}.${String(body)}`))).toMatch(/not right/);
  });
});
