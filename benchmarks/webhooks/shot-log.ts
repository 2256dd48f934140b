/**
 * What became of the webhooks of a run, kept in plain bytes until the run is over: as objects they would be copied by
 * the generator's own garbage collections, whose pauses would then be measured as the service's.
 */

/** What became of one webhook; times are of `performance.now()`. */
export interface Shot {
  readonly dueAt: number;
  /** Later than due when the generator itself was busy. */
  readonly sentAt: number;
  readonly doneAt: number;
  /** 0 when there was no reply. */
  readonly status: number;
  /** Of one that was acknowledged; empty otherwise. */
  readonly id: string;
}

const PAGE_SHOTS = 8_192;
const TIMES = 3;
/** A UUID as text. */
const ID_BYTES = 36;

interface Page {
  readonly times: Float64Array;
  readonly statuses: Uint16Array;
  readonly ids: Buffer;
  readonly idLengths: Uint8Array;
}

export class ShotLog {
  readonly #pages: Page[] = [];
  #length = 0;

  add(dueAt: number, sentAt: number, doneAt: number, status: number, id: string): void {
    if (id.length > ID_BYTES)
      throw new Error(`An id of at most ${String(ID_BYTES)} bytes was expected: ${id}`);
    const at = this.#length % PAGE_SHOTS;
    if (at === 0) this.#pages.push(emptyPage());
    const page = this.#pages.at(-1) ?? emptyPage();
    page.times.set([dueAt, sentAt, doneAt], at * TIMES);
    page.statuses[at] = status;
    page.idLengths[at] = page.ids.write(id, at * ID_BYTES, "latin1");
    this.#length += 1;
  }

  /** All of them, in the order in which they were done. */
  read(): Shot[] {
    return Array.from({ length: this.#length }, (_, index) => {
      const { times, statuses, ids, idLengths } = this.#pages[Math.floor(index / PAGE_SHOTS)] ?? emptyPage();
      const at = index % PAGE_SHOTS;
      const [dueAt = 0, sentAt = 0, doneAt = 0] = times.subarray(at * TIMES, (at + 1) * TIMES);
      const idAt = at * ID_BYTES;
      const id = ids.toString("latin1", idAt, idAt + (idLengths[at] ?? 0));
      return { dueAt, sentAt, doneAt, status: statuses[at] ?? 0, id };
    });
  }
}

const emptyPage = (): Page => ({
  times: new Float64Array(PAGE_SHOTS * TIMES),
  statuses: new Uint16Array(PAGE_SHOTS),
  ids: Buffer.alloc(PAGE_SHOTS * ID_BYTES),
  idLengths: new Uint8Array(PAGE_SHOTS),
});
