import { describe, expect, it } from "@jest/globals";
import { settings } from "./nats-connection.js";

describe("an address of NATS", () => {
  it("may hold a user name and a password, or a token", () => {
    expect(settings("nats://me:p%40ss@host:4222")).toMatchObject({
      servers: "host:4222",
      user: "me",
      pass: "p@ss",
    });
    expect(settings("nats://t%40ken@host")).toMatchObject({ servers: "host", token: "t@ken" });
    expect(settings("nats://t%40ken@host")).not.toHaveProperty("user");
    expect(settings("nats://host")).not.toHaveProperty("token");
  });

  it("asks for encryption when it says tls", () => {
    expect(settings("tls://host")).toHaveProperty("tls");
    expect(settings("nats://host")).not.toHaveProperty("tls");
  });
});
