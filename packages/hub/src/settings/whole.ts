import { z } from 'zod';

/** A whole number, both ends included. */
export const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'Use a whole number, without a unit')
    .transform(Number)
    .pipe(z.number().min(least).max(most));
