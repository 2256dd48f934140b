import { describe, expect, it } from "@jest/globals";
import { ExceptionGroup, unwrap } from "coppice";

describe("unwrap", () => {
  const single = new TypeError("t");

  it("gives the single error of a group, however deep it is nested", () => {
    expect(unwrap(new ExceptionGroup([single]))).toBe(single);
    expect(unwrap(new ExceptionGroup([new ExceptionGroup([new AggregateError([single])])]))).toBe(single);
  });

  it("gives whatever was thrown, also what is no error", () => {
    expect(unwrap(new ExceptionGroup([undefined]))).toBeUndefined();
  });

  it("gives a group of several back as it is", () => {
    const group = new ExceptionGroup([new ExceptionGroup([single, 2])]);
    expect(unwrap(group)).toBe(group);
  });

  it.each([single, "text", undefined, null, new AggregateError([])])("gives %p back as it is", (error) => {
    expect(unwrap(error)).toBe(error);
  });
});
