/** The parts of one error that handlers are given, and what becomes of them. */
import {
  ExceptionGroup,
  groupOf,
  isGroup,
  keepLeaves,
  leavesOf,
  notesOf,
  originOf,
  splitGroup,
  type Matches,
} from "../errors/index.js";

/** What matches, and what is done with it. */
export interface Case {
  readonly matches: Matches;
  readonly handle: (group: ExceptionGroup) => unknown;
}

/** A handler to be run, with its part. */
export interface Part {
  readonly handle: Case["handle"];
  readonly group: ExceptionGroup;
}

export class Handling {
  /** What handlers threw, in order. */
  private readonly thrown: unknown[] = [];
  /** The single errors that nobody took, or that were thrown back. */
  private readonly left = new Set<unknown>();
  private isPlainLeft = false;

  constructor(private readonly error: unknown) {}

  /** Each handler that has something to handle, in order. */
  *parts(cases: readonly Case[]): Generator<Part> {
    if (isGroup(this.error)) {
      let rest: ExceptionGroup | undefined = asGroup(this.error);
      for (const { matches, handle } of cases) {
        if (rest === undefined) break;
        const [group, others]: (ExceptionGroup | undefined)[] = splitGroup(rest, matches);
        rest = others;
        if (group !== undefined) yield { handle, group };
      }
      if (rest !== undefined) this.leave(rest);
    } else {
      const first = cases.find(({ matches }) => matches(this.error));
      if (first === undefined) this.isPlainLeft = true;
      else yield { handle: first.handle, group: groupOf([this.error]) };
    }
  }

  /** A handler has thrown. */
  threw(thrown: unknown, given: ExceptionGroup): void {
    if (isGroup(this.error) && isPartOf(thrown, given)) this.leave(thrown);
    else this.thrown.push(thrown);
  }

  /** @throws what is left */
  finish(): void {
    if (this.isPlainLeft) throw this.error;
    const back = isGroup(this.error) && this.left.size > 0 ? keepLeaves(this.error, this.left) : undefined;
    const all = back === undefined ? this.thrown : [...this.thrown, back];
    if (all.length > 1) throw groupOf(all);
    for (const only of all) throw only;
  }

  private leave(group: unknown): void {
    for (const { error } of leavesOf(group)) this.left.add(error);
  }
}

function asGroup(error: Parameters<typeof splitGroup>[0]): ExceptionGroup | undefined {
  return splitGroup(error, () => true)[0];
}

/** Whether a group was taken from the given one, and nothing was added to it since. */
function isPartOf(thrown: unknown, given: ExceptionGroup): thrown is ExceptionGroup {
  if (!(thrown instanceof ExceptionGroup)) return false;
  const origin = originOf(thrown);
  return origin === originOf(given) && notesOf(thrown).length === notesOf(origin).length;
}
