/** Queues and what is made of them, with their models. */
import {
  Broadcast,
  createChannel,
  Queue,
  suspend,
  type Operation,
  type Receiver,
  type Sender,
  type Subscription,
} from "coppice";
import { REFUSED, type Action, type Subject } from "./history.js";

interface QueueState {
  readonly items: readonly number[];
  readonly isShut: boolean;
  readonly unfinished: number;
}

/** A plain call as an operation. */
export function* plainly<T>(act: () => T): Operation<T> {
  return act();
}

function queueActions(capacity: number): Action<Queue<number>, QueueState>[] {
  const putInto = ({ items, unfinished, ...rest }: QueueState, item: number): QueueState => ({
    ...rest,
    items: [...items, item],
    unfinished: unfinished + 1,
  });
  const taken = ({ items, ...rest }: QueueState): QueueState => ({ ...rest, items: items.slice(1) });
  return [
    {
      name: "put",
      line: "putters",
      run: (queue, item) => queue.put(item),
      apply(state, _, item) {
        if (state.isShut) return [REFUSED, state];
        return state.items.length < capacity ? [undefined, putInto(state, item)] : null;
      },
    },
    {
      name: "get",
      line: "getters",
      run: (queue) => queue.get(),
      apply(state) {
        if (state.items.length > 0) return [state.items[0], taken(state)];
        return state.isShut ? [REFUSED, state] : null;
      },
    },
    {
      name: "tryPut",
      run: (queue, item) => plainly(() => queue.tryPut(item)),
      apply(state, _, item) {
        if (state.isShut) return [REFUSED, state];
        return state.items.length < capacity ? [true, putInto(state, item)] : [false, state];
      },
    },
    {
      name: "tryGet",
      run: (queue) => plainly(() => queue.tryGet()?.value),
      apply(state) {
        if (state.items.length > 0) return [state.items[0], taken(state)];
        return [state.isShut ? REFUSED : undefined, state];
      },
    },
    {
      name: "taskDone",
      run: (queue) => plainly(() => queue.taskDone()),
      apply: (state) =>
        state.unfinished === 0
          ? [REFUSED, state]
          : [undefined, { ...state, unfinished: state.unfinished - 1 }],
    },
    {
      name: "join",
      run: (queue) => queue.join(),
      apply: (state) => (state.unfinished === 0 ? [undefined, state] : null),
    },
  ];
}

const closing: readonly Action<Queue<number>, QueueState>[] = [
  {
    name: "shutdown",
    run: (queue) => plainly(() => queue.shutdown()),
    apply: (state) => [undefined, { ...state, isShut: true }],
  },
  {
    name: "shutdown immediately",
    run: (queue) => plainly(() => queue.shutdown({ immediate: true })),
    apply: ({ items, unfinished }) => [
      undefined,
      { items: [], isShut: true, unfinished: Math.max(0, unfinished - items.length) },
    ],
  },
];

const EMPTY: QueueState = { items: [], isShut: false, unfinished: 0 };

/** @param modelled - the capacity that the model has: another one for a model that is wrong */
export function queueOf(
  capacity: number,
  isClosing: boolean,
  modelled = capacity,
): Subject<Queue<number>, QueueState> {
  return {
    name: `Queue of capacity ${capacity}${isClosing ? ", closing" : ""}`,
    make: () => new Queue<number>({ capacity }),
    initial: EMPTY,
    actions: [...queueActions(modelled), ...(isClosing ? closing : [])],
  };
}

/** A rendezvous: an item goes from hand to hand, or not at all. */
export const rendezvous: Subject<Queue<number>, QueueState> = {
  name: "Queue of capacity 0",
  make: () => new Queue<number>({ capacity: 0 }),
  initial: EMPTY,
  // What is unfinished is not looked at: two meet and leave the state as it was.
  actions: queueActions(0).filter(({ name }) => name === "put" || name === "get" || name.startsWith("try")),
  meet(_, one, other) {
    if (!/put/i.test(one.action.name) || !/get/i.test(other.action.name)) return null;
    // Two that do not wait do not meet.
    if (one.action.name === "tryPut" && other.action.name === "tryGet") return null;
    return [one.action.name === "tryPut" ? true : undefined, one.item];
  },
};

interface ChannelState {
  readonly items: readonly number[];
  readonly isSenderClosed: boolean;
  readonly isReceiverClosed: boolean;
}

interface Ends {
  readonly sender: Sender<number>;
  readonly receiver: Receiver<number>;
}

/** @param modelled - as in `queueOf` */
export function channelOf(capacity: number, modelled = capacity): Subject<Ends, ChannelState> {
  return {
    name: `channel of capacity ${capacity}`,
    make() {
      const [sender, receiver] = createChannel<number>({ capacity });
      return { sender, receiver };
    },
    initial: { items: [], isSenderClosed: false, isReceiverClosed: false },
    actions: [
      {
        name: "send",
        line: "senders",
        run: ({ sender }, item) => sender.send(item),
        apply(state, _, item) {
          if (state.isSenderClosed || state.isReceiverClosed) return [REFUSED, state];
          return state.items.length < modelled
            ? [undefined, { ...state, items: [...state.items, item] }]
            : null;
        },
      },
      {
        name: "receive",
        line: "receivers",
        run: ({ receiver }) => receiver.receive(),
        apply(state) {
          if (state.isReceiverClosed) return [REFUSED, state];
          if (state.items.length > 0) return [state.items[0], { ...state, items: state.items.slice(1) }];
          return state.isSenderClosed ? [REFUSED, state] : null;
        },
      },
      {
        name: "close sender",
        run: ({ sender }) => plainly(() => sender.close()),
        apply: (state) => [undefined, { ...state, isSenderClosed: true }],
      },
      {
        name: "close receiver",
        run: ({ receiver }) => plainly(() => receiver.close()),
        apply: (state) => [undefined, { ...state, isReceiverClosed: true }],
      },
    ],
  };
}

type Mailboxes = readonly (readonly number[])[];

interface Sent {
  readonly broadcast: Broadcast<number>;
  readonly subscriptions: Subscription<number>[];
}

/**
 * Two subscribers that see all that is sent.
 *
 * @param isForgetful - for a model that is wrong
 */
export function broadcastWith(isForgetful = false): Subject<Sent, Mailboxes> {
  return {
    name: "Broadcast",
    make: () => ({ broadcast: new Broadcast<number>(), subscriptions: [] }),
    *prepare({ broadcast, subscriptions }) {
      subscriptions.push(yield* broadcast.subscribe(), yield* broadcast.subscribe());
    },
    initial: [[], []],
    actions: [
      {
        name: "send",
        run: ({ broadcast }, item) => plainly(() => broadcast.send(item)),
        apply: (boxes, _, item) => [undefined, boxes.map((box) => [...box, item])],
      },
      ...[0, 1].map((which) => listening(which, isForgetful)),
    ],
  };
}

function listening(which: number, isForgetful: boolean): Action<Sent, Mailboxes> {
  return {
    name: `get ${which}`,
    line: `subscriber ${which}`,
    run: ({ subscriptions }) => subscriptions[which]?.get() ?? suspend(),
    apply(boxes) {
      const [item, ...others] = boxes[which] ?? [];
      if (item === undefined) return null;
      return [item, boxes.map((box, i) => (i !== which ? box : isForgetful ? [] : others))];
    },
  };
}
