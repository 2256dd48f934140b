import { parseArgs } from "node:util";
import type { Environment } from "./config.js";
import { ServiceError } from "./service-error.js";

/** How much load the demo makes. */
export interface DemoOptions {
  readonly webhooks: number;
  readonly connections: number;
}

const USAGE = "Usage: npm run demo -- [--webhooks 3000] [--connections 50]";

/** Reads the command line; what it does not say is taken from DEMO_WEBHOOKS and DEMO_CONNECTIONS. */
export function readDemoOptions(args: readonly string[], environment: Environment): DemoOptions {
  const given = parse(args);
  return {
    webhooks: wholeNumber("webhooks", given.webhooks ?? environment["DEMO_WEBHOOKS"], 3000),
    connections: wholeNumber("connections", given.connections ?? environment["DEMO_CONNECTIONS"], 50),
  };
}

function parse(args: readonly string[]): { webhooks?: string; connections?: string } {
  try {
    const options = { webhooks: { type: "string" }, connections: { type: "string" } } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new ServiceError(`${(error as Error).message}\n${USAGE}`);
  }
}

function wholeNumber(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined || text === "") return otherwise;
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new ServiceError(
    `${name} must be a whole number from 1 to 9999999, got ${JSON.stringify(text)}.\n${USAGE}`,
  );
}
