/**
 * Draws programs from lists of numbers: fast-check makes and shrinks the numbers. A 0 always means the least: the end of
 * a block, no time, the plain order; what is left out at the end of a list is 0.
 *
 * Whatever has to end by itself does: cleanup and shields wait only for what surely comes, or with a timeout, so that a
 * program always ends once its root is cancelled.
 */
import { KINDS, MANY, WANTED, type Place } from "./place.js";
import type { Block, Body, Program, Step, Strike } from "./program.js";

/** How many steps a program has at the most. */
const MOST_STEPS = 24;
const DEEPEST = 5;

/** Draws a step, or says that it cannot be done at that place. */
type Draw = (place: Place) => Step | null;

class Drawing {
  #at = 0;
  #lastId = 0;
  #steps = 0;
  readonly #spawned: number[] = [];

  constructor(private readonly numbers: readonly number[]) {}

  program(): Program {
    const order = this.#below(4) === 0 ? 0 : this.#below(1_000);
    const strikes = this.#below(3);
    const times = Array.from({ length: strikes }, () => [this.#below(10) + 0.5, this.#below(16)] as const);
    const root = this.#body({
      depth: 0,
      owner: 0,
      awaits: false,
      isBounded: false,
      isCaught: false,
      isCleanup: false,
      tasks: [],
      scopes: [],
      groups: [],
    });
    return {
      root,
      order,
      strikes: times.map(([at, which]): Strike => ({
        at,
        task: this.#spawned[which % (this.#spawned.length + 1)] ?? null,
      })),
    };
  }

  #below(limit: number): number {
    return (this.numbers[this.#at++] ?? 0) % limit;
  }

  #pick<T>(list: readonly T[]): T | undefined {
    return list.length === 0 ? undefined : list[this.#below(list.length)];
  }

  /** A body of its own boundary. */
  #body(place: Place, awaits = false): Body {
    const id = ++this.#lastId;
    const steps = this.#block({ ...place, owner: id, awaits, isCaught: false, isCleanup: false });
    return { id, steps: [...steps, ...this.#rest(place)] };
  }

  /** Bodies that end at once cancel what they have spawned before it has done anything. */
  #rest({ depth }: Place): Block {
    const ms = this.#below(depth === 0 ? 12 : 4);
    return ms === 0 ? [] : [{ does: "sleep", id: ++this.#lastId, ms }];
  }

  #block(place: Place): Block {
    const steps: Step[] = [];
    let { tasks } = place;
    const most = place.depth === 0 ? 1 + this.#below(8) : this.#below(5);
    while (steps.length < most && this.#steps < MOST_STEPS) {
      const step = this.#step({ ...place, depth: place.depth + 1, tasks });
      steps.push(step);
      if (step.does === "spawn" || step.does === "enlist") tasks = [...tasks, step.id];
      if (step.does === "throw") break;
    }
    return steps;
  }

  #step(place: Place): Step {
    this.#steps++;
    const draw = this.#draws[this.#below(this.#draws.length)];
    return draw?.(place) ?? this.#sleep(4);
  }

  #simple(does: "note" | "suspend" | "put" | "get" | "wait" | "set"): Draw {
    return ({ isBounded }) => {
      const step: Step = { does, id: ++this.#lastId };
      if (does === "note" || does === "set") return step;
      // What waits for ever keeps all that follows from happening: mostly for a while only.
      if (isBounded || this.#below(4) > 0) return this.#patiently(step);
      return step;
    };
  }

  #patiently(step: Step): Step {
    const [id, bodyId] = [++this.#lastId, ++this.#lastId];
    return { does: "run", id, kind: "patience", ms: this.#below(6), body: { id: bodyId, steps: [step] } };
  }

  readonly #throw: Draw = ({ isCaught, isCleanup }) =>
    isCaught && isCleanup ? null : { does: "throw", id: ++this.#lastId };

  readonly #try: Draw = (place) => {
    if (place.depth > DEEPEST) return null;
    const id = ++this.#lastId;
    const form = this.#below(4);
    const [isHandling, isCleaning] = [form >= 2, form !== 3];
    const steps = this.#block({ ...place, isCaught: place.isCaught || isHandling });
    const handler = isHandling ? this.#block(place) : null;
    const cleanup = isCleaning ? this.#block({ ...place, isBounded: true, isCleanup: true }) : null;
    return { does: "try", id, steps, handler, cleanup };
  };

  readonly #delegate: Draw = (place) => {
    if (place.depth > DEEPEST) return null;
    const id = ++this.#lastId;
    return { does: "delegate", id, body: { id: ++this.#lastId, steps: this.#block(place) } };
  };

  readonly #run: Draw = (place) => {
    if (place.depth > DEEPEST) return null;
    const id = ++this.#lastId;
    const drawn = this.#pick(KINDS) ?? "scoped";
    const kind = place.isBounded && (drawn === "lock" || drawn === "permit") ? "scoped" : drawn;
    const isTimed = kind === "timeout" || kind === "patience";
    const ms = isTimed ? this.#below(6) : 0;
    const isGroup = kind === "group";
    const inside = {
      ...place,
      isBounded: isTimed ? false : kind === "shield" || place.isBounded,
      scopes: isGroup || kind === "cancel scope" ? [...place.scopes, id] : place.scopes,
      groups: isGroup ? [...place.groups, { id, isBounded: place.isBounded }] : place.groups,
    };
    const body = this.#body(inside, isGroup);
    return { does: "run", id, kind, ms, body };
  };

  readonly #spawn: Draw = (place) => {
    const id = ++this.#lastId;
    this.#spawned.push(id);
    return {
      does: "spawn",
      id,
      owner: place.owner,
      body: this.#child(place, place.awaits && place.isBounded),
    };
  };

  readonly #enlist: Draw = (place) => {
    const group = this.#pick(place.groups);
    if (group === undefined) return this.#spawn(place);
    const id = ++this.#lastId;
    this.#spawned.push(id);
    return { does: "enlist", id, group: group.id, body: this.#child(place, group.isBounded) };
  };

  #child(place: Place, isBounded: boolean): Body {
    if (place.depth > DEEPEST) return { id: ++this.#lastId, steps: [] };
    return this.#body({ ...place, isBounded, groups: [] });
  }

  readonly #join: Draw = (place) => {
    const task = this.#pick(place.tasks);
    if (task === undefined) return null;
    const step: Step = { does: "join", id: ++this.#lastId, task };
    return place.isBounded || this.#below(2) > 0 ? this.#patiently(step) : step;
  };

  readonly #cancel: Draw = (place) => {
    const task = this.#pick(place.tasks);
    if (task === undefined) return null;
    return { does: "cancel", id: ++this.#lastId, task, isAwaited: this.#below(2) === 1 };
  };

  readonly #close: Draw = (place) => {
    const scope = this.#pick(place.scopes);
    return scope === undefined ? null : { does: "close", id: ++this.#lastId, scope };
  };

  /** Several tasks of a group that all want the same. */
  readonly #crowd: Draw = ({ depth, isBounded }) => {
    if (isBounded || depth > DEEPEST) return null;
    const group = ++this.#lastId;
    const wanted = this.#pick(WANTED) ?? "lock";
    const members = Array.from({ length: 2 + this.#below(3) }, () => this.#member(group, wanted));
    const body = { id: ++this.#lastId, steps: members };
    return { does: "run", id: group, kind: "group", ms: 0, body };
  };

  #member(group: number, wanted: (typeof WANTED)[number]): Step {
    const id = ++this.#lastId;
    this.#spawned.push(id);
    const steps = [this.#sleep(3), this.#want(wanted), this.#sleep(2)];
    return { does: "enlist", id, group, body: { id: ++this.#lastId, steps } };
  }

  #want(wanted: (typeof WANTED)[number]): Step {
    const isPatient = this.#below(4) === 1;
    const id = ++this.#lastId;
    if (wanted === "queue") {
      const step: Step = { does: this.#below(2) === 0 ? "put" : "get", id };
      return isPatient ? this.#patiently(step) : step;
    }
    const body = { id: ++this.#lastId, steps: [this.#sleep(4)] };
    const step: Step = { does: "run", id, kind: wanted, ms: 0, body };
    return isPatient ? this.#patiently(step) : step;
  }

  #sleep(limit: number): Step {
    return { does: "sleep", id: ++this.#lastId, ms: this.#below(limit) };
  }

  readonly #many: Draw = (place) => {
    if (place.depth > DEEPEST) return null;
    const id = ++this.#lastId;
    const kind = this.#pick(MANY) ?? "all";
    const count = 1 + this.#below(3);
    const bodies = Array.from({ length: count }, () => this.#body({ ...place, groups: [] }));
    return { does: "many", id, kind, bodies };
  };

  readonly #ensure: Draw = (place) => {
    const id = ++this.#lastId;
    return {
      does: "ensure",
      id,
      owner: place.owner,
      body: this.#body({ ...place, isBounded: true, groups: [] }),
    };
  };

  readonly #use: Draw = (place) => {
    const id = ++this.#lastId;
    const inside = { ...place, isCaught: false, isCleanup: false, groups: [] };
    const body = this.#body(inside);
    const after = this.#block({ ...inside, owner: body.id, isBounded: true, isCleanup: true });
    return { does: "use", id, owner: place.owner, body, after };
  };

  /** Each as often as it is to come up. */
  readonly #draws: readonly Draw[] = [
    ...[() => null, () => null, () => null, () => null],
    ...[this.#throw, this.#simple("note")],
    ...[this.#try, this.#try, this.#try, this.#delegate, this.#delegate],
    ...[this.#run, this.#run, this.#run, this.#run, this.#run, this.#run],
    ...[
      this.#spawn,
      this.#spawn,
      this.#spawn,
      this.#enlist,
      this.#many,
      this.#many,
      this.#crowd,
      this.#crowd,
      this.#crowd,
    ],
    ...[this.#join, this.#cancel, this.#close, this.#ensure, this.#ensure, this.#use],
    ...[this.#simple("suspend"), this.#simple("put"), this.#simple("get"), this.#simple("wait")],
    ...[this.#simple("put"), this.#simple("get")],
    this.#simple("set"),
  ];
}

export function drawProgram(numbers: readonly number[]): Program {
  return new Drawing(numbers).program();
}
