/** What the operations of the library ask for, one by one. */
import { cancel } from "./cancelling.js";
import type { Code } from "./code.js";
import {
  Cleanup,
  combined,
  errorOf,
  Frame,
  Made,
  Several,
  type Begun,
  type FrameKind,
  type Request,
  type Task,
} from "./tree.js";
import type { World } from "./world.js";

const never: Request = { begin: () => ({ wait: { leave: () => true } }) };

export function suspend(): Request {
  return never;
}

export function sleep(ms: number): Request {
  return {
    begin(task, world) {
      if (ms === 0) return "behind the others";
      const timer = world.addTimer(ms, false, () => {
        world.wake(task, { value: undefined });
      });
      return {
        wait: {
          leave() {
            world.removeTimer(timer);
            return true;
          },
        },
      };
    },
  };
}

export function inside(kind: FrameKind, code: Code, ms?: number, opened?: (frame: Frame) => void): Request {
  return {
    begin() {
      const frame = new Frame(kind, code, ms);
      opened?.(frame);
      return { enter: frame };
    },
  };
}

/** S5: the child is there before anything can land. */
export function spawn(code: Code, spawned: (task: Task) => void): Request {
  return {
    register(task, world) {
      spawned(world.start(new Frame("plain", code), task.top ?? null));
    },
    begin: () => ({ value: undefined }),
  };
}

export function ensure(code: Code): Request {
  return {
    register(task) {
      task.top?.entries.push(new Cleanup(code));
    },
    begin: () => ({ value: undefined }),
  };
}

/** Waits until something that a list of callbacks is told of has happened. */
function whenTold(
  told: (() => void)[],
  task: Task,
  world: World,
  inbox: () => { value: unknown } | { error: unknown },
): Begun {
  const tell = (): void => {
    world.wake(task, inbox());
  };
  told.push(tell);
  return {
    wait: {
      leave() {
        told.splice(told.indexOf(tell), 1);
        return true;
      },
    },
  };
}

export function join(target: Task): Request {
  const result = (): { value: unknown } | { error: unknown } =>
    target.outcome?.type === "value" ? { value: target.outcome.value } : { error: errorOf(target) };
  return {
    begin: (task, world) => (target.outcome === null ? whenTold(target.told, task, world, result) : result()),
  };
}

/** C8: requests at once; then waits until all is gone, and fails only with what cleanup added. */
export function cancelTask(world: World, target: Task): Request {
  const { root } = target;
  const before = root.errors.length;
  if (target.outcome === null) cancel(world, root, { kind: "cancel" });
  const result = (): { value: unknown } | { error: unknown } => {
    const causes = Math.max(before, root.causes);
    const errors =
      causes === 0 && target.outcome?.type === "errors" ? target.outcome.errors : root.errors.slice(causes);
    return errors.length > 0 ? { error: combined(errors) } : { value: undefined };
  };
  return {
    begin: (task) => (target.outcome === null ? whenTold(target.told, task, world, result) : result()),
  };
}

/** What is known of several tasks of which one will do. */
export class Contest {
  first: { readonly value: unknown } | null = null;
  readonly failures: unknown[] = [];
  left = 0;
  #waiting: Task | null = null;

  constructor(
    private readonly world: World,
    private readonly isAny: boolean,
  ) {}

  follow(task: Task): void {
    this.left++;
    const ended = (): void => {
      this.left--;
      const { outcome } = task;
      if (outcome?.type !== "value") this.failures.push(errorOf(task));
      else if (!this.isAny) this.first ??= outcome;
      else this.#tried(outcome.value as { ok: boolean; value?: unknown; error?: unknown });
      this.#look();
    };
    if (task.outcome === null) task.told.push(ended);
    else ended();
  }

  finish(): Request {
    return {
      begin: (task) => {
        const result = this.#result();
        if (result !== null) return result;
        this.#waiting = task;
        return {
          wait: {
            leave: () => {
              this.#waiting = null;
              return true;
            },
          },
        };
      },
    };
  }

  #tried({ ok, value, error }: { ok: boolean; value?: unknown; error?: unknown }): void {
    if (ok) this.first ??= { value };
    else this.failures.push(error);
  }

  #look(): void {
    const result = this.#result();
    if (result === null || this.#waiting === null) return;
    this.world.wake(this.#waiting, result);
    this.#waiting = null;
  }

  #result(): { value: unknown } | { error: unknown } | null {
    if (this.first !== null) return this.first;
    if (this.left > 0) return null;
    return { error: this.isAny ? new Several(this.failures) : this.failures.at(-1) };
  }
}

/** A resource: its body runs as a task beside the one that acquires it. */
export class Resource {
  #holder: Task | null = null;
  #caller: Task | null = null;

  constructor(private readonly world: World) {}

  acquire(code: Code): Request {
    return {
      begin: (task) => {
        const holder = this.world.start(new Frame("plain", code), task.top ?? null, true);
        // Until it is provided its failure is the caller's to catch.
        holder.isContained = true;
        holder.told.push(this.#ended);
        this.#holder = holder;
        this.#caller = task;
        // Its body is a task of the same boundary: it is reached by itself, and the caller waits for its cleanup.
        return { wait: { leave: () => false } };
      },
    };
  }

  provide(value: unknown): Request {
    return {
      begin: () => {
        const [holder, caller] = [this.#holder, this.#caller];
        if (holder === null || caller === null) return { error: new Made("provided twice") };
        holder.told = holder.told.filter((tell) => tell !== this.#ended);
        holder.isContained = false;
        holder.isHeld = true;
        if (!caller.isLeaving) this.world.wake(caller, { value });
        return { wait: { leave: () => true } };
      },
    };
  }

  readonly #ended = (): void => {
    const [holder, caller] = [this.#holder, this.#caller];
    if (holder === null || caller === null) return;
    const { outcome } = holder;
    if (caller.isLeaving)
      this.world.left(caller, outcome?.type === "errors" ? { error: outcome.errors[0] } : undefined);
    else this.world.wake(caller, { error: errorOf(holder) });
  };
}
