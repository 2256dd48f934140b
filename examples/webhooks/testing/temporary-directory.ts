import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface TemporaryDirectory {
  readonly path: string;
  remove(): Promise<void>;
}

/** A directory of its own, to be removed by whoever asked for it. */
export async function makeTemporaryDirectory(): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), "coppice-webhooks-spec-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
