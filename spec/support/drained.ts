/** What can be taken without waiting: a queue, a subscription. */
interface Store<T> {
  readonly size: number;
  tryGet(): { readonly value: T } | undefined;
}

/** Takes all that is in a store; one that was shut down is not asked again when it is empty. */
export function drained<T>(store: Store<T>): T[] {
  const items: T[] = [];
  while (store.size > 0) {
    const box = store.tryGet();
    if (box !== undefined) items.push(box.value);
  }
  return items;
}
