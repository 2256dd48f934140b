/** From a program to the code of the naive interpreter. Operations made of others are spelled out as such. */
import type { Block, Body, Program, Step } from "../program.js";
import type { Log } from "../log.js";
import type { Code, Statement } from "./code.js";
import { cancel } from "./cancelling.js";
import { NaiveEvent, NaiveQueue, Permits } from "./things.js";
import { Frame, type FrameKind, type Request, type Task } from "./tree.js";
import { cancelTask, Contest, ensure, inside, join, Resource, sleep, spawn, suspend } from "./waits.js";
import type { World } from "./world.js";

/** An error that a program throws. */
export class NaiveError {
  constructor(readonly id: number) {}
}

const FRAMES = {
  scoped: "plain",
  operation: "plain",
  attempt: "attempt",
  shield: "shield",
  timeout: "timeout",
  patience: "patience",
  group: "group",
  "cancel scope": "plain",
} as const satisfies Record<string, FrameKind>;

export class Translation {
  readonly tasks = new Map<number, Task>();
  readonly #frames = new Map<number, Frame>();
  readonly #lock = new Permits(1, true);
  readonly #permits = new Permits(2, false);
  readonly #queue = new NaiveQueue(1);
  readonly #event = new NaiveEvent();

  constructor(
    private readonly world: World,
    private readonly log: Log,
  ) {}

  program({ root }: Program): Code {
    return this.#code(root);
  }

  #code(body: Body): Code {
    const steps = this.#block(body.steps);
    return { steps, result: () => `r${body.id}` };
  }

  #block(block: Block): Statement[] {
    return block.flatMap((step) => this.#step(step));
  }

  #act(act: () => void): Statement {
    return { is: "act", act };
  }

  #wait(id: number, request: () => Request): Statement {
    return { is: "wait", request, then: (value) => this.log.gave(id, value) };
  }

  #step(step: Step): Statement | Statement[] {
    const { id } = step;
    switch (step.does) {
      case "note":
        return this.#act(() => this.log.note(id));
      case "throw":
        return this.#act(() => {
          throw new NaiveError(id);
        });
      case "set":
        return this.#act(() => {
          this.log.note(id);
          this.#event.set(this.world);
        });
      case "sleep":
        return this.#wait(id, () => sleep(step.ms));
      case "suspend":
        return this.#wait(id, suspend);
      case "put":
        return this.#wait(id, () => this.#queue.put(id));
      case "get":
        return this.#wait(id, () => this.#queue.get());
      case "wait":
        return this.#wait(id, () => this.#event.wait());
      case "try":
        return this.#try(step);
      case "delegate":
        return {
          is: "delegate",
          steps: this.#block(step.body.steps),
          then: () => this.log.gave(id, `r${step.body.id}`),
        };
      case "run":
        return this.#run(step);
      default:
        return this.#withTasks(step);
    }
  }

  #withTasks(step: Step & { id: number }): Statement | Statement[] {
    const { id } = step;
    switch (step.does) {
      case "spawn":
        return {
          is: "wait",
          request: () => spawn(this.#code(step.body), (task) => this.tasks.set(id, task)),
        };
      case "enlist":
        return this.#act(() => {
          const group = this.#frames.get(step.group) ?? null;
          this.tasks.set(id, this.world.start(new Frame("plain", this.#code(step.body)), group));
        });
      case "join":
        return this.#wait(id, () => join(this.#task(step.task)));
      case "cancel":
        return step.isAwaited
          ? this.#wait(id, () => cancelTask(this.world, this.#task(step.task)))
          : this.#act(() => void cancelTask(this.world, this.#task(step.task)));
      case "close":
        return this.#act(() => {
          const frame = this.#frames.get(step.scope);
          if (frame !== undefined) cancel(this.world, frame, { kind: "cancel" });
        });
      case "many":
        return this.#wait(id, () => inside("plain", this.#many(step)));
      case "ensure":
        return {
          is: "wait",
          request: () => ensure(this.#cleanup(step)),
        };
      case "use":
        return this.#use(step);
      default:
        throw new Error(`No translation of ${step.does}.`);
    }
  }

  #cleanup(step: Step & { does: "ensure" }): Code {
    const code = this.#code(step.body);
    const noting = this.#act(() => this.log.cleanup(step.id));
    return { steps: [noting, ...code.steps], result: () => code.result() };
  }

  #task(id: number): Task {
    const task = this.tasks.get(id);
    if (task === undefined) throw new Error(`Task ${id} was not spawned.`);
    return task;
  }

  #try({ id, steps, handler, cleanup }: Step & { does: "try" }): Statement {
    return {
      is: "try",
      steps: [this.#act(() => this.log.note(id)), ...this.#block(steps)],
      handler:
        handler === null
          ? null
          : { caught: (error) => this.log.caught(id, error), steps: this.#block(handler) },
      cleanup: cleanup === null ? null : [this.#act(() => this.log.cleanup(id)), ...this.#block(cleanup)],
    };
  }

  #run({ id, kind, ms, body }: Step & { does: "run" }): Statement {
    if (kind === "lock" || kind === "permit") {
      const permits = kind === "lock" ? this.#lock : this.#permits;
      return this.#wait(id, () => inside("plain", this.#holding(permits, this.#code(body))));
    }
    const isTimed = kind === "timeout" || kind === "patience";
    return this.#wait(id, () =>
      inside(FRAMES[kind], this.#code(body), isTimed ? ms : undefined, (frame) =>
        this.#frames.set(id, frame),
      ),
    );
  }

  #holding(permits: Permits, code: Code): Code {
    let result: unknown;
    let owner: Task | null = null;
    return {
      steps: [
        {
          is: "wait",
          request: () => {
            const acquiring = permits.acquire();
            return {
              begin: (task, world) => {
                owner = task;
                return acquiring.begin(task, world);
              },
            };
          },
        },
        {
          is: "try",
          steps: [
            { is: "wait", request: () => inside("plain", code), then: (value) => void (result = value) },
          ],
          handler: null,
          cleanup: [this.#act(() => owner !== null && permits.release(this.world, owner))],
        },
      ],
      result: () => result,
    };
  }

  #many({ kind, bodies }: Step & { does: "many" }): Code {
    const codes = bodies.map((body) => this.#code(body));
    if (kind === "race" || kind === "any") return this.#first(codes, kind === "any");
    const tried = kind === "all" ? codes : codes.map((code) => attempting(code));
    const each = tried.map((code): { readonly code: Code; task?: Task } => ({ code }));
    const results: unknown[] = [];
    return {
      steps: [
        ...each.map((one): Statement => ({
          is: "wait",
          request: () => spawn(one.code, (task) => (one.task = task)),
        })),
        ...each.map((one): Statement => ({
          is: "wait",
          request: () => (one.task === undefined ? suspend() : join(one.task)),
          then: (value) => results.push(value),
        })),
      ],
      result: () => results,
    };
  }

  #first(codes: readonly Code[], isAny: boolean): Code {
    const contest = new Contest(this.world, isAny);
    let spawned: Task | null = null;
    let result: unknown;
    return {
      steps: [
        ...codes.flatMap((code): Statement[] => [
          {
            is: "wait",
            request: () => spawn(isAny ? attempting(code) : code, (task) => void (spawned = task)),
          },
          this.#act(() => spawned !== null && contest.follow(spawned)),
        ]),
        { is: "wait", request: () => contest.finish(), then: (value) => void (result = value) },
      ],
      result: () => result,
    };
  }

  #use({ id, body, after }: Step & { does: "use" }): Statement {
    const resource = new Resource(this.world);
    const code: Code = {
      steps: [
        ...this.#block(body.steps),
        {
          is: "try",
          steps: [{ is: "wait", request: () => resource.provide(id) }],
          handler: null,
          cleanup: [this.#act(() => this.log.cleanup(id)), ...this.#block(after)],
        },
      ],
      result: () => undefined,
    };
    return this.#wait(id, () => resource.acquire(code));
  }
}

function attempting(code: Code): Code {
  let result: unknown;
  return {
    steps: [{ is: "wait", request: () => inside("attempt", code), then: (value) => void (result = value) }],
    result: () => result,
  };
}
