/** What tasks share, naively: a lock, permits, a queue with room for one item, an event. */
import type { Begun, Request, Task } from "./tree.js";
import { Made } from "./tree.js";
import type { World } from "./world.js";

interface Waiter {
  readonly task: Task;
  readonly item?: number;
}

/** A line of waiting tasks; who leaves it is passed over. */
class Line {
  waiters: Waiter[] = [];

  join(waiter: Waiter): Begun {
    this.waiters.push(waiter);
    return {
      wait: {
        leave: () => {
          this.waiters = this.waiters.filter((other) => other !== waiter);
          return true;
        },
      },
    };
  }
}

/** A lock has one permit, and knows who has it. */
export class Permits {
  readonly #line = new Line();
  #free: number;
  readonly #owners = new Set<Task>();

  constructor(
    count: number,
    private readonly isLock: boolean,
  ) {
    this.#free = count;
  }

  acquire(): Request {
    return {
      begin: (task) => {
        if (this.isLock && this.#owners.has(task)) return { error: new Made("COPPICE_LOCK_HELD") };
        if (this.#free === 0) return this.#line.join({ task });
        this.#free--;
        this.#owners.add(task);
        return { value: undefined };
      },
    };
  }

  release(world: World, owner: Task): void {
    this.#owners.delete(owner);
    const next = this.#line.waiters.shift();
    if (next === undefined) {
      this.#free++;
      return;
    }
    this.#owners.add(next.task);
    world.wake(next.task, { value: undefined });
  }
}

export class NaiveQueue {
  readonly #getting = new Line();
  readonly #putting = new Line();
  #items: number[] = [];

  constructor(private readonly capacity: number) {}

  put(item: number): Request {
    return {
      begin: (task, world) => {
        const getter = this.#getting.waiters.shift();
        if (getter !== undefined) world.wake(getter.task, { value: item });
        else if (this.#items.length < this.capacity) this.#items.push(item);
        else return this.#putting.join({ task, item });
        return { value: undefined };
      },
    };
  }

  get(): Request {
    return {
      begin: (task, world) => {
        const [item, ...others] = this.#items;
        if (item === undefined) return this.#getting.join({ task });
        this.#items = others;
        const putter = this.#putting.waiters.shift();
        if (putter?.item !== undefined) {
          this.#items.push(putter.item);
          world.wake(putter.task, { value: undefined });
        }
        return { value: item };
      },
    };
  }
}

export class NaiveEvent {
  readonly #line = new Line();
  #isSet = false;

  set(world: World): void {
    this.#isSet = true;
    for (const { task } of this.#line.waiters.splice(0)) world.wake(task, { value: undefined });
  }

  wait(): Request {
    return { begin: (task) => (this.#isSet ? { value: undefined } : this.#line.join({ task })) };
  }
}
