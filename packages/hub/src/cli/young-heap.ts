import { setFlagsFromString } from 'node:v8';

/**
 * What is needed for the start alone must not make the process large for hours: V8 doubles the room for new objects while
 * modules are read, and gives it back only when much later it finds the process idle. So it does not grow before the start is
 * over. Import this before all else. (V8's flag `semi_space_growth_factor`, which it reads whenever it could grow.)
 */
setFlagsFromString('--semi-space-growth-factor=1');

/** From here on it is as V8 has it: a hub with much to do needs the room. */
export function letYoungHeapGrow(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
}
