/**
 * Whether something is under way in the real world that a test has set going and that could still call back. Node
 * tells; elsewhere nothing is known, and the answer is `undefined`.
 */
interface Surroundings {
  process?: { getActiveResourcesInfo?: () => string[] };
}

function activeResources(): string[] | undefined {
  return (globalThis as Surroundings).process?.getActiveResourcesInfo?.();
}

/** What calls back by itself and soon, and what only listens: nothing is under way there. */
const IDLE: ReadonlySet<string> = new Set([
  "Immediate",
  "TCPServerWrap",
  "PipeServerWrap",
  "PipeWrap",
  "TTYWrap",
  "UDPWrap",
  "SignalWrap",
  "FSEventWrap",
  "StatWatcher",
]);

/** What ends by itself, soon, and calls back then: requests to the system, not sockets that are merely open. */
const REQUEST =
  /Req(?:Callback|Promise|Wrap)$|REQUEST$|^(?:TCP|Pipe)ConnectWrap$|^(?:QUERYWRAP|ZLIB|ProcessWrap)$/;

export class RealWorld {
  readonly #before = count(activeResources());

  /** Whether more is under way outside than when this was made; undefined where that cannot be known. */
  get isBusy(): boolean | undefined {
    return this.#hasMore((kind) => !IDLE.has(kind));
  }

  /** Whether more requests to the system are under way. */
  get hasRequest(): boolean {
    return this.#hasMore((kind) => REQUEST.test(kind)) === true;
  }

  #hasMore(counts: (kind: string) => boolean): boolean | undefined {
    const now = activeResources();
    if (now === undefined) return undefined;
    for (const [kind, number] of count(now)) {
      if (number > (this.#before.get(kind) ?? 0) && counts(kind)) return true;
    }
    return false;
  }
}

function count(kinds: readonly string[] = []): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}
