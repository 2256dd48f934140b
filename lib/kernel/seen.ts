/** Whether an error is in a list already. */
const seenBy = new WeakMap<unknown[], WeakSet<object>>();

/** Short lists are searched; a hundred thousand failing children need an index. */
export function seen(errors: unknown[], error: object): boolean {
  if (errors.length < 16) return errors.includes(error);
  let index = seenBy.get(errors);
  if (index === undefined) {
    index = new WeakSet(errors.filter((e) => typeof e === "object" && e !== null));
    seenBy.set(errors, index);
  }
  const known = index.has(error);
  index.add(error);
  return known;
}
