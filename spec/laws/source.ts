/** Programs as JavaScript, written the way a user of the library would write them: what runs is also what is printed. */
import type { Block, Body, Kind, Program, Step } from "./program.js";

/** The source of a function body that returns the root's function*; `t` is the tracer. */
export function sourceOf(program: Program): string {
  return `return ${functionOf(program.root, "")};`;
}

/** The same for people to read. */
export function printed(program: Program): string {
  let depth = 0;
  const lines = sourceOf(program).split("\n");
  return lines
    .map((line) => {
      if (line.startsWith("}")) depth--;
      const text = `${"  ".repeat(depth)}${line}`;
      if (line.endsWith("{")) depth++;
      return text;
    })
    .join("\n");
}

function functionOf(body: Body, parameters: string, before = ""): string {
  return `function* n${body.id}(${parameters}) {\n${before}${blockOf(body.steps)}return "r${body.id}";\n}`;
}

function blockOf(block: Block): string {
  return block.map((step) => `${statementOf(step)}\n`).join("");
}

function statementOf(step: Step): string {
  const { id } = step;
  switch (step.does) {
    case "note":
      return `t.note(${id});`;
    case "throw":
      return `throw t.error(${id});`;
    case "set":
      return `t.note(${id}); event.set();`;
    case "sleep":
      return gave(id, `sleep(${step.ms})`);
    case "suspend":
      return gave(id, "suspend()");
    case "put":
      return `t.puts(${id}, yield* queue.put(${id}));`;
    case "get":
      return `t.got(${id}, yield* queue.get());`;
    case "wait":
      return gave(id, "event.wait()");
    case "try":
      return tryOf(step);
    case "delegate":
      return gave(id, `${functionOf(step.body, "")}()`);
    case "run":
      return gave(id, runOf(step.kind, step.id, step.ms, step.body));
    default:
      return withTasks(step);
  }
}

function withTasks(step: Step): string {
  const { id } = step;
  switch (step.does) {
    case "spawn":
      return `t.spawned(${id}, yield* spawn(${childOf(id, step.body)}));`;
    case "enlist":
      return `t.spawned(${id}, g${step.group}.spawn(${childOf(id, step.body)}));`;
    case "join":
      return gave(id, `t.task(${step.task})`);
    case "cancel":
      return step.isAwaited ? gave(id, `t.task(${step.task}).cancel()`) : `t.cancel(${step.task});`;
    case "close":
      return `void g${step.scope}.cancel();`;
    case "many":
      return gave(
        id,
        `${FUNCTIONS[step.kind]}([${step.bodies.map((body) => functionOf(body, "")).join(", ")}])`,
      );
    case "ensure":
      return (
        `t.ensures(${step.owner}, ${id}); ` +
        `yield* ensure(${functionOf(step.body, "", `t.ensured(${step.owner}, ${id});\n`)});`
      );
    case "use":
      return gave(id, resourceOf(step));
    default:
      throw new Error(`No source for ${step.does}.`);
  }
}

/** What tells of a task's start, so that it is known even where its handle never arrives. */
function childOf(id: number, body: Body): string {
  return functionOf(body, "", `t.started(${id});\n`);
}

const FUNCTIONS = { all: "all", "all settled": "allSettled", race: "race", any: "any" } as const;

function gave(id: number, operation: string): string {
  return `t.gave(${id}, yield* ${operation});`;
}

function tryOf({ id, steps, handler, cleanup }: Step & { does: "try" }): string {
  const body = `t.note(${id});\n${cleanup === null ? "" : `t.enters(${id});\n`}${blockOf(steps)}`;
  const caught = handler === null ? "" : ` catch (error) {\nt.caught(${id}, error);\n${blockOf(handler)}}`;
  const cleaned = cleanup === null ? "" : ` finally {\nt.cleanup(${id});\n${blockOf(cleanup)}}`;
  return `try {\n${body}}${caught}${cleaned}`;
}

function resourceOf({ id, body, after }: Step & { does: "use" }): string {
  const provides =
    `try {\n  t.enters(${id});\n  yield* provide(${id});\n} finally {\n` +
    `t.cleanup(${id});\n${blockOf(after)}}\n`;
  return `resource(function* n${body.id}(provide) {\n${blockOf(body.steps)}${provides}})`;
}

function runOf(kind: Kind, id: number, ms: number, body: Body): string {
  const plain = (): string => functionOf(body, "");
  switch (kind) {
    case "scoped":
    case "attempt":
    case "shield":
      return `${kind}(${plain()})`;
    case "operation":
      return `operation(${plain()})()`;
    case "timeout":
      return `timeout(${ms}, ${plain()})`;
    case "patience":
      return `timeout(${ms}, ${plain()}, { otherwise: "late" })`;
    case "group":
      return `taskGroup(${functionOf(body, `g${id}`)})`;
    case "cancel scope":
      return `cancelScope(${functionOf(body, `g${id}`)})`;
    case "lock":
      return `lock.with(${plain()})`;
    case "permit":
      return `permits.with(${plain()})`;
  }
}
