import { describe, expect, it } from "@jest/globals";
import { reasonOf, withoutParameters, withoutPassword } from "./reason.js";

describe("the reason of several failures", () => {
  it("says once what several say", () => {
    const refused = new Error("connect ECONNREFUSED");
    expect(reasonOf(new AggregateError([refused, new Error("timed out"), refused]))).toBe(
      "connect ECONNREFUSED; timed out",
    );
  });
});

describe("an address in the log", () => {
  it("has neither user name, password nor parameters", () => {
    expect(withoutPassword("postgres://me:secret@host:5432/app?password=secret")).toBe("host:5432/app");
    expect(withoutParameters("https://host:8443/hooks?token=secret#secret")).toBe("https://host:8443/hooks");
    expect(withoutParameters("http://127.0.0.1:3000")).toBe("http://127.0.0.1:3000");
  });
});
