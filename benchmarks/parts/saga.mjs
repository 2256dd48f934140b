/**
 * What redux-saga leaves to its user, written with its own channels and effects: permits and room in a queue are
 * messages in a channel, as its documentation limits the number of workers.
 */
import { buffers, channel, runSaga } from "redux-saga";
import { call, delay, put, race, take } from "redux-saga/effects";

/** Runs a saga outside of Redux, as its documentation does; gives a promise of its result. */
export function runToEnd(saga, ...args) {
  return runSaga({ onError: () => {} }, saga, ...args).toPromise();
}

/** Never comes: what a parked saga yields. `take` of a pattern would search the list of all that wait when cancelled. */
export const never = () => new Promise(() => {});

export class TimedOut extends Error {}

export function* timebox(ms, saga, ...args) {
  const { value, isLate } = yield race({ value: call(saga, ...args), isLate: delay(ms) });
  if (isLate) throw new TimedOut();
  return value;
}

/** That many permits in a channel: `take` it to hold one, `put` something to give it back. */
export function* makePermits(count) {
  const permits = yield call(channel, buffers.fixed(count));
  for (let index = 0; index < count; index++) yield put(permits, true);
  return permits;
}

/** A bounded queue: a channel for the items, and one for the room that is left. */
export function* makeQueue(capacity) {
  const items = yield call(channel, buffers.fixed(capacity));
  return { items, room: yield call(makePermits, capacity) };
}

export function* putInto({ items, room }, item) {
  yield take(room);
  yield put(items, item);
}

export function* takeFrom({ items, room }) {
  const item = yield take(items);
  yield put(room, true);
  return item;
}
