import { misuse, show } from "../errors/index.js";
import { Wait, waiting, type Operation, type WaitDescription } from "../kernel/index.js";

type Start<T> = (
  resolve: (value: T) => void,
  reject: (error: unknown) => void,
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- a block that returns nothing is as good as undefined
) => (() => void) | undefined | void;

/** The wait for a callback. */
export class Action<T> extends Wait<T> {
  private cleanup: (() => void) | null = null;
  private hasSettled = false;

  constructor(private readonly start: Start<T>) {
    super();
  }

  begin(): void {
    const cleanup: unknown = this.start(
      (value) => {
        this.settle(() => {
          this.succeed(value);
        });
      },
      (error) => {
        this.settle(() => {
          this.fail(error);
        });
      },
    );
    if (cleanup === undefined) return;
    if (typeof cleanup !== "function") {
      throw misuse(
        "ACTION",
        `action() needs a function that returns its cleanup or nothing, got ${show(cleanup)}. For promises use call().`,
      );
    }
    this.cleanup = cleanup as () => void;
    if (this.hasSettled) this.cleanup();
  }

  /** The first call counts; what it registered is taken back before the task goes on. */
  private settle(end: () => void): void {
    if (this.hasSettled) return;
    this.hasSettled = true;
    try {
      this.cleanup?.();
    } catch (error) {
      this.fail(error);
      return;
    }
    end();
  }

  withdraw(): boolean {
    this.hasSettled = true;
    this.cleanup?.();
    return true;
  }

  /** It may be what the code before it sets off. */
  override get isFleeting(): boolean {
    return true;
  }

  describe(): WaitDescription {
    return { kind: "action", on: this.start.name === "" ? undefined : this.start.name, isOutside: true };
  }
}

/**
 * Waits for a callback.
 *
 * Waits:   until `resolve` or `reject` is called; only the first call counts.
 * Cancel:  runs the cleanup; calls that come later change nothing.
 * Throws:  what `start` throws and what `reject` is given.
 * Model:   the Promise constructor; Effection action.
 *
 * @param start - registers the callback; called afresh each time; may return a function that takes it back, which is
 *   called once, when the action is settled or cancelled
 * @example
 * const opened = (socket: WebSocket) => action<Event>((resolve) => {
 *   socket.addEventListener("open", resolve);
 *   return () => socket.removeEventListener("open", resolve);
 * });
 */
export function action<T>(start: Start<T>): Operation<T> {
  if (typeof (start as unknown) !== "function")
    throw misuse("NOT_A_FUNCTION", `action() needs a function, got ${show(start)}.`);
  return waiting(() => new Action(start));
}
