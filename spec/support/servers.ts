/**
 * Specs that talk to a real server. Where none answers they are left out with a line that says so; on a CI machine that
 * is a failure.
 */
import { connect } from "node:net";
import { describe, it } from "@jest/globals";

/** The servers, at their usual places on this machine; `.ci/services` starts them. */
const PORTS = { PostgreSQL: 5432, Redis: 6379, RabbitMQ: 5672, NATS: 4222 } as const;

export type Server = keyof typeof PORTS;

/** Where pages that name no address find PostgreSQL: the variables that its clients read. */
const FOR_POSTGRES = { PGHOST: "127.0.0.1", PGUSER: "root", PGDATABASE: "test" };

/** Declares specs that need a server. */
export async function describeWith(server: Server, specs: () => void): Promise<void> {
  const problem = await tryToReach(PORTS[server]);
  if (problem === undefined) {
    for (const [name, value] of Object.entries(FOR_POSTGRES)) process.env[name] ??= value;
    describe(`with ${server}`, specs);
  } else if (process.env["CI"] === undefined) {
    console.warn(`Left out: the specs that need ${server}. ${problem}`);
    it(`is left out, for there is no ${server}`, () => undefined);
  } else {
    it(`needs ${server}`, () => {
      throw new Error(`There must be one on a CI machine. ${problem}`);
    });
  }
}

/** Gives what is wrong, or undefined. */
function tryToReach(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once("error", (error) => {
      resolve(`Nothing answers on port ${port}: ${error.message}.`);
    });
  });
}
