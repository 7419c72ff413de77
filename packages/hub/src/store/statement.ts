import type { Compilable, CompiledQuery, QueryResult } from 'kysely';
import { engineOf } from './engine.ts';
import type { Store } from './schema.ts';

/** Stands in a statement for a value that is given when it runs. */
class Slot {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

type Run<Values, Row> = (db: Store, values: Values) => Promise<QueryResult<Row>>;

/**
 * A statement that runs for every action, so that building it anew each time would cost more than running it: it is built
 * once for each engine and each set of values' names.
 * @param build makes the query out of slots in the place of the values: it may put one wherever a value goes, and look at none
 */
export function statement<Values extends object, Row = never>(
  build: (db: Store, slots: Values) => Compilable<Row>,
): Run<Values, Row> {
  const compiled = new Map<string, CompiledQuery<Row>>();
  return (db, values) => {
    const names = Object.keys(values);
    const key = [engineOf(db), ...names].join();
    let known = compiled.get(key);
    if (known === undefined) {
      const slots = Object.fromEntries(names.map((name) => [name, new Slot(name)])) as Values;
      known = build(db, slots).compile();
      compiled.set(key, known);
    }
    const parameters = known.parameters.map((parameter) =>
      parameter instanceof Slot ? values[parameter.name as keyof Values] : parameter,
    );
    return db.executeQuery({ ...known, parameters });
  };
}
