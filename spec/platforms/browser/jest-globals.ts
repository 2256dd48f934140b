/** As much of "@jest/globals" as the core's specs use, for pages: no mocks, no snapshots, one spec after the other. */
import { expect } from "expect";

export { expect };

type Body = () => unknown;

/** One spec, with what runs before and after it. */
interface Spec {
  readonly name: string;
  readonly body: Body;
  readonly before: readonly Body[];
  readonly after: readonly Body[];
}

/** What a page reports. */
export interface Report {
  readonly passed: number;
  readonly failed: readonly { readonly name: string; readonly error: string }[];
}

const specs: Spec[] = [];
const path: string[] = [];
let before: Body[] = [];
let after: Body[] = [];

export function describe(name: string, body: Body): void {
  const [outerBefore, outerAfter] = [before, after];
  [before, after] = [[...before], [...after]];
  path.push(name);
  body();
  path.pop();
  [before, after] = [outerBefore, outerAfter];
}
describe.each = eachOf(describe);

export function it(name: string, body: Body): void {
  specs.push({ name: [...path, name].join(" › "), body, before, after });
}
it.each = eachOf(it);
it.skip = (): void => undefined;
export const test = it;

export function beforeEach(body: Body): void {
  before.push(body);
}

export function afterEach(body: Body): void {
  after.unshift(body);
}

export function beforeAll(body: Body): void {
  let once: unknown;
  before.push(() => (once ??= Promise.resolve(body())));
}

/** Pages end with their specs: nothing is left to undo. */
export function afterAll(): void {
  // On purpose.
}

type Each = (
  table: readonly unknown[],
) => (name: string, body: (...row: readonly never[]) => unknown) => void;

function eachOf(define: (name: string, body: Body) => void): Each {
  return (table) => (name, body) => {
    table.forEach((item, index) => {
      // A row that is no array is the one argument.
      const row = (Array.isArray(item) ? item : [item]) as unknown as readonly never[];
      define(`${name} [${String(index)}: ${shown(row[0])}]`, () => body(...row));
    });
  };
}

function shown(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : typeof value;
}

const LONGEST_MS = 20_000;

/** Runs all specs that were defined, but for those whose names begin so. */
export async function runSpecs(without: readonly string[]): Promise<Report> {
  const failed: { name: string; error: string }[] = [];
  const chosen = specs.filter(({ name }) => !without.some((beginning) => name.startsWith(beginning)));
  for (const spec of chosen) {
    const error = await failureOf(spec);
    if (error !== null) failed.push({ name: spec.name, error });
  }
  return { passed: chosen.length - failed.length, failed };
}

async function failureOf({ body, before: first, after: last }: Spec): Promise<string | null> {
  let timer: unknown;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${LONGEST_MS} ms`)), LONGEST_MS);
  });
  const work = async (): Promise<void> => {
    for (const each of first) await each();
    try {
      await body();
    } finally {
      for (const each of last) await each();
    }
  };
  try {
    await Promise.race([work(), late]);
    return null;
  } catch (error) {
    return error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : String(error);
  } finally {
    clearTimeout(timer as number);
  }
}
