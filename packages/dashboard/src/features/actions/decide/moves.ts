import { createContext } from 'react';

/**
 * Grows each time that the rows around a decision have moved up. A press that was meant for the row that stood there
 * a moment before must not approve the one that stands there now.
 */
export const Moves = createContext(0);
