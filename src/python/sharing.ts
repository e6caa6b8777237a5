/** Which names may share memory with the ones that a statement bound or changed, as things stand after it. */
import type { StatementFacts } from "./facts.ts";
import { isSettled, settle, unsettleRest } from "./interpretation/gains.ts";
import { around, inside, isData } from "./interpretation/heap.ts";
import type { HeapObject, Program, Surroundings } from "./interpretation/model.ts";
import { holdersOf, surroundingsOf } from "./interpretation/surroundings.ts";
import { countWork } from "./interpretation/work.ts";
import { unite } from "./name-groups.ts";

/** Puts each name into one group with those that share memory with it. Called once when a statement is over. */
export function noteSharing(names: readonly string[], program: Program): void {
  const { heap } = program;
  const asked = new Set(names);
  for (const name of asked) noteSharingOf(name, program);
  if (unsettleRest(heap)) for (const name of asked) noteSharingOf(name, program);
  heap.statement += 1;
  heap.gained = [];
}

function noteSharingOf(name: string, program: Program): void {
  const { heap, sharing } = program;
  const found = unsettledInside(dataOf(name, program));
  const others = new Set<string>();
  const kept = new Set<Surroundings>();
  const walked = new Set([...found].filter(isData));
  // A Set visits what is added to it while it is walked.
  for (const object of walked) {
    const surroundings = surroundingsOf(heap, object);
    if (surroundings !== undefined) {
      kept.add(surroundings);
      continue;
    }
    for (const holder of holdersOf(heap, object)) others.add(holder);
    for (const container of object.containers) walked.add(container);
  }
  others.delete(name);
  countWork(heap.work, found.size + walked.size + others.size);
  for (const of of others) if (holdsData(of, program)) unite(sharing, name, of);
  for (const surroundings of kept) uniteWith(surroundings, name, program);
  settle(heap, found);
}

/** The objects and everything inside, without what nothing is to be done about. */
function unsettledInside(objects: readonly HeapObject[]): ReadonlySet<HeapObject> {
  const found = new Set(objects.filter((object) => !isSettled(object)));
  for (const object of found)
    for (const inner of object.contents) if (!isSettled(inner)) found.add(inner);
  return found;
}

/** As {@link noteSharing} does for all who hold a member; those that it did so for before are of one group. */
function uniteWith(surroundings: Surroundings, name: string, program: Program): void {
  const { sharing, heap } = program;
  const { fresh, united } = surroundings;
  const known = firstThatHoldsData(united, program);
  if (known === undefined) {
    // Nobody is left through whom later ones would belong to the group.
    for (const of of united) fresh.add(of);
    united.clear();
  } else if (known !== name) unite(sharing, name, known);
  countWork(heap.work, 1 + fresh.size);
  for (const of of fresh) {
    if (!holdsData(of, program)) continue;
    if (of !== name) unite(sharing, name, of);
    fresh.delete(of);
    united.add(of);
  }
}

function firstThatHoldsData(names: Iterable<string>, program: Program): string | undefined {
  for (const name of names) if (holdsData(name, program)) return name;
  return undefined;
}

/** Pairs, for whoever reads the facts of each statement; their number is the square of what shares. */
export function listAliases(
  names: readonly string[],
  program: Program,
): NonNullable<StatementFacts["aliases"]> {
  const { heap } = program;
  const aliases: { name: string; of: string }[] = [];
  for (const name of new Set(names)) {
    const others = new Set<string>();
    const objects = [...inside(heap, dataOf(name, program))].filter(isData);
    for (const object of around(heap, objects))
      for (const holder of holdersOf(heap, object)) others.add(holder);
    others.delete(name);
    countWork(heap.work, others.size);
    for (const of of others) if (holdsData(of, program)) aliases.push({ name, of });
  }
  return aliases;
}

function holdsData(name: string, program: Program): boolean {
  return program.environment.get(name)?.objects.some(isData) === true;
}

function dataOf(name: string, program: Program): readonly HeapObject[] {
  return program.environment.get(name)?.objects.filter(isData) ?? [];
}
