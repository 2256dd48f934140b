/** A place in a line: the wait of all copies here. */
import { Wait, waiting, type Operation, type WaitDescription } from "coppice";

/** What has lines of waiting tasks. */
export interface Host<P> {
  readonly title: string;
  enter(place: P): void;
  leave(place: P): void;
}

export class Place<T, I = undefined> extends Wait<T> {
  constructor(
    private readonly host: Host<Place<T, I>>,
    readonly item: I,
  ) {
    super();
  }

  begin(): void {
    this.host.enter(this);
  }

  withdraw(): boolean {
    this.host.leave(this);
    return true;
  }

  describe(): WaitDescription {
    return { kind: this.host.title, isOutside: false };
  }
}

export function place<T, I>(host: Host<Place<T, I>>, item: I): Operation<T> {
  return waiting(() => new Place<T, I>(host, item));
}

export function remove<T>(list: T[], item: T): boolean {
  const at = list.indexOf(item);
  if (at >= 0) list.splice(at, 1);
  return at >= 0;
}
