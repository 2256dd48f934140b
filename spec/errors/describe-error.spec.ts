import { inspect } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { addNote, describeError, ExceptionGroup, operation, sleep, taskGroup } from "coppice";
import { fail } from "../support/fail.js";
import { simulate } from "../support/virtual.js";

function groupOf(count: number): ExceptionGroup {
  return new ExceptionGroup(
    Array.from({ length: count }, (_, i) => new Error(`e${i}`)),
    "many",
  );
}

describe("describeError", () => {
  it("prints a plain error as name and message, and further lines indented", () => {
    expect(describeError(new TypeError("bad\nvery bad"))).toBe("TypeError: bad\n    very bad");
    expect(describeError(new RangeError())).toBe("RangeError");
  });

  it("prints a group as an indented tree", () => {
    const group = new ExceptionGroup(
      [
        new TypeError("bad url"),
        new ExceptionGroup([new RangeError("r"), new Error("e")], "inner"),
        new Error("last"),
      ],
      "import failed",
    );
    expect(describeError(group).split("\n")).toEqual([
      "ExceptionGroup: import failed",
      "├─ TypeError: bad url",
      "├─ ExceptionGroup: inner",
      "│  ├─ RangeError: r",
      "│  └─ Error: e",
      "└─ Error: last",
    ]);
    expect(String(group)).toBe(describeError(group));
  });

  it("prints causes and notes below what they belong to", () => {
    const cause = new Error("refused", { cause: new Error("no route") });
    const group = new ExceptionGroup(
      [addNote(new Error("a", { cause }), "user 42"), new Error("b", { cause: "text" })],
      "g",
      { cause: new ExceptionGroup([new Error("x")], "earlier") },
    );
    expect(describeError(group).split("\n")).toEqual([
      "ExceptionGroup: g",
      "    caused by: ExceptionGroup: earlier",
      "    └─ Error: x",
      "├─ Error: a",
      "│      note: user 42",
      "│      caused by: Error: refused",
      "│          caused by: Error: no route",
      "└─ Error: b",
      '       caused by: thrown: the string "text"',
    ]);
  });

  it("prints the operations that an error has passed", async () => {
    const fetchUser = operation(function* fetchUser() {
      yield* sleep(1);
      fail(new Error("404"));
    });
    const importUsers = operation(function* importUsers() {
      yield* taskGroup(
        function* (group) {
          group.spawn(function* worker() {
            yield* fetchUser();
          });
          yield* sleep(5);
        },
        { name: "import" },
      );
    });
    const error: unknown = await simulate(importUsers()).catch((thrown: unknown) => thrown);
    expect(describeError(error).split("\n")).toEqual([
      'ExceptionGroup: Task group "import" failed with 1 error',
      "    in import < importUsers",
      "└─ Error: 404",
      "       in fetchUser < worker",
    ]);
  });

  it.each([
    [undefined, "thrown: undefined"],
    [null, "thrown: null"],
    ["text", 'thrown: the string "text"'],
    [5, "thrown: the number 5"],
    [{ secret: "hunter2" }, "thrown: an object of class Object"],
  ])("prints %p, which is no error, by its kind", (thrown, text) => {
    expect(describeError(thrown)).toBe(text);
    expect(describeError(new ExceptionGroup([thrown], "g"))).toBe(`ExceptionGroup: g\n└─ ${text}`);
  });

  it("stops after 50 single errors and says how many are left, while the group keeps them all", () => {
    const group = groupOf(1_000);
    const lines = describeError(group).split("\n");
    expect(lines).toHaveLength(52);
    expect(lines[50]).toBe("├─ Error: e49");
    expect(lines[51]).toBe("└─ … and 950 more");
    expect(group.errors).toHaveLength(1_000);
    expect(describeError(groupOf(50)).split("\n")).toHaveLength(51);
  });

  it("counts single errors over all groups", () => {
    const lines = describeError(new ExceptionGroup([groupOf(49), groupOf(40), new Error("z")], "g")).split(
      "\n",
    );
    expect(lines.filter((line) => line.includes("Error: e") || line.includes("Error: z"))).toHaveLength(50);
    expect(lines).toContain("│  └─ … and 39 more");
    expect(lines.at(-1)).toBe("└─ … and 1 more");
  });

  it("prints what is nested or caused without end up to a few levels", () => {
    let deep = new ExceptionGroup([1]);
    for (let i = 0; i < 5_000; i++) deep = new ExceptionGroup([deep], "level");
    expect(describeError(deep).split("\n").at(-1)).toMatch(/… nested deeper$/);
    let caused = new Error("0");
    for (let i = 1; i < 100; i++) caused = new Error(String(i), { cause: caused });
    expect(describeError(caused).split("\n").at(-1)).toMatch(/caused by: …$/);
  });

  it("ends on errors that cause themselves, and on groups that hold themselves", () => {
    const error = new Error("a");
    error.cause = error;
    expect(describeError(error)).toBe("Error: a");
    const group = groupOf(2);
    group.errors.push(group);
    for (const member of group.errors) Object.assign(member as Error, { cause: group });
    expect(describeError(group).split("\n").length).toBeLessThan(5_000);
  });

  it("survives getters that throw, and keeps control characters out", () => {
    const hostile = new Error("h");
    // The stack first: an engine may read the message to make it.
    for (const key of ["stack", "message", "cause"]) {
      Object.defineProperty(hostile, key, { get: () => fail(new Error("no")) });
    }
    expect(describeError(hostile, { stacks: true })).toBe("Error: undefined");
    expect(describeError(new Error("a\u001b[31mred\u0007"))).toBe("Error: a [31mred ");
  });

  it("cuts a message that is very long", () => {
    expect(describeError(new Error("x".repeat(1_000_000))).length).toBeLessThan(3_000);
  });

  it("prints the stacks of single errors when asked to", () => {
    const text = describeError(new ExceptionGroup([new Error("a")], "g"), { stacks: true });
    expect(text).toMatch(/└─ Error: a\n {7}at .*describe-error\.spec\.ts/);
    expect(describeError(new Error("a"))).not.toMatch(/\bat /);
  });

  it("understands groups from elsewhere", () => {
    expect(describeError(new AggregateError([new Error("a")], "foreign"))).toBe(
      "AggregateError: foreign\n└─ Error: a",
    );
  });
});

describe("console.log of an ExceptionGroup", () => {
  it("prints the tree with the stacks, which begin in user code", () => {
    const text = inspect(new ExceptionGroup([new Error("a")], "g"));
    expect(text).toMatch(/^ExceptionGroup: g\n {4}at .*describe-error\.spec\.ts/);
    expect(text).toMatch(/└─ Error: a\n {7}at .*describe-error\.spec\.ts/);
  });

  it("prints it inside other objects", () => {
    expect(inspect({ error: new ExceptionGroup([new Error("a")], "g") })).toContain("└─ Error: a");
  });
});

describe("ExceptionGroup.toJSON", () => {
  it("gives plain data with causes and notes", () => {
    const cause = new Error("why");
    const group = new ExceptionGroup(
      [Object.assign(addNote(new TypeError("t", { cause }), "n"), { code: "E_T" }), "text"],
      "g",
    );
    expect(JSON.parse(JSON.stringify({ group }))).toEqual({
      group: {
        name: "ExceptionGroup",
        message: "g",
        code: "COPPICE_GROUP",
        errors: [
          {
            name: "TypeError",
            message: "t",
            code: "E_T",
            notes: ["n"],
            cause: { name: "Error", message: "why" },
          },
          { name: 'thrown: the string "text"', message: "" },
        ],
      },
    });
  });

  it("has the operations that an error has passed", async () => {
    const load = operation(function* load() {
      yield* sleep(1);
      fail(new Error("404"));
    });
    const error: unknown = await simulate(taskGroup(() => load())).catch((thrown: unknown) => thrown);
    expect((error as ExceptionGroup).toJSON()).toMatchObject({
      errors: [{ message: "404", trail: [{ operation: "load" }] }],
    });
  });

  it("gives 50 single errors and the number of the others", () => {
    const { errors, omitted } = groupOf(120).toJSON();
    expect(errors).toHaveLength(50);
    expect(omitted).toBe(70);
    expect(groupOf(2).toJSON()).not.toHaveProperty("omitted");
  });

  it("ends on what is nested or caused without end", () => {
    const group = groupOf(2);
    group.errors.push(group);
    for (const member of group.errors) Object.assign(member as Error, { cause: group });
    expect(JSON.stringify(group).length).toBeLessThan(200_000);
  });
});
