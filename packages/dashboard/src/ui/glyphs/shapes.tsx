import type { ReactNode } from 'react';

const ring = (radius: number, dash?: string) => (
  <circle
    cx="8"
    cy="8"
    r={radius}
    fill="none"
    stroke="currentColor"
    strokeWidth="1.6"
    strokeDasharray={dash}
  />
);
const line = (d: string, width = 1.6) => (
  <path
    d={d}
    fill="none"
    stroke="currentColor"
    strokeWidth={width}
    strokeLinecap="round"
    strokeLinejoin="round"
  />
);
/** Cut out of a filled shape. */
const cut = (d: string, width = 1.8) => (
  <path
    d={d}
    fill="none"
    stroke="var(--color-page)"
    strokeWidth={width}
    strokeLinecap="round"
    strokeLinejoin="round"
  />
);

/** The shapes of status, on a field of 16 by 16. A shape never stands without its word. */
export const SHAPES = {
  disc: <circle cx="8" cy="8" r="4.25" />,
  diamond: (
    <>
      <path d="M8 .6 15.4 8 8 15.4.6 8z" />
      {cut('M8 4.6v4.1M8 10.9v.5')}
    </>
  ),
  diamondHollow: line('M8 1.6 14.4 8 8 14.4 1.6 8z', 1.7),
  square: (
    <rect
      x="3.4"
      y="3.4"
      width="9.2"
      height="9.2"
      rx="1"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
    />
  ),
  squareDashed: (
    <rect
      x="3.4"
      y="3.4"
      width="9.2"
      height="9.2"
      rx="1"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeDasharray="2.4 2"
    />
  ),
  half: (
    <>
      {ring(5.4)}
      <path d="M8 2.6a5.4 5.4 0 0 1 0 10.8z" />
    </>
  ),
  ringDashed: ring(5.6, '2.4 2'),
  ringDashedQuery: (
    <>
      {ring(6.6, '2.6 1.9')}
      {line('M6.4 6.6a1.65 1.65 0 1 1 2.4 1.5c-.55.3-.8.6-.8 1.1M8 11.2v.2', 1.5)}
    </>
  ),
  ringDashedBar: (
    <>
      {ring(6, '2.6 1.9')}
      {line('M5.2 8h5.6')}
    </>
  ),
  ringSlash: (
    <>
      {ring(5.8)}
      {line('M4 12 12 4')}
    </>
  ),
  triangle: (
    <>
      <path d="M8 1.4 15.4 14.4H.6z" stroke="currentColor" strokeLinejoin="round" />
      {cut('M8 6.2v3.6M8 12v.2', 1.7)}
    </>
  ),
  bars: (
    <>
      <rect x="3.5" y="3" width="3" height="10" rx=".8" />
      <rect x="9.5" y="3" width="3" height="10" rx=".8" />
    </>
  ),
  clock: (
    <>
      {ring(6)}
      {line('M8 4.6V8l2.4 1.6')}
    </>
  ),
  ringTick: (
    <>
      {ring(6)}
      {line('m5.3 8.2 1.9 1.9 3.5-3.9')}
    </>
  ),
  ringArrow: (
    <>
      {ring(6)}
      {line('M5.2 8h5.2M8.4 5.8 10.6 8l-2.2 2.2')}
    </>
  ),
  discTick: (
    <>
      <circle cx="8" cy="8" r="6.8" />
      {cut('m5.1 8.2 2 2 3.8-4.2', 1.7)}
    </>
  ),
  ringCross: (
    <>
      {ring(6)}
      {line('m5.9 5.9 4.2 4.2m0-4.2-4.2 4.2')}
    </>
  ),
  ringBar: (
    <>
      {ring(6)}
      {line('M5.2 8h5.6')}
    </>
  ),
  hourglass: line(
    'M4 2h8M4 14h8M4.8 2.4c0 3.6 3.2 3.6 3.2 5.6s-3.2 2-3.2 5.6M11.2 2.4C11.2 6 8 6 8 8s3.2 2 3.2 5.6',
    1.5,
  ),
  ringInfo: (
    <>
      {ring(6)}
      {line('M8 7.4v3.4M8 5v.2', 1.7)}
    </>
  ),
  bellSlash: line(
    'M5 4.8A3.4 3.4 0 0 1 11.4 6.4c0 2.4.7 3.6 1.2 4.2M10.4 11.4H3.2c.7-.7 1.4-2 1.4-5M6.8 13.6c.6.6 1.8.6 2.4 0M2 2l12 12',
    1.5,
  ),
} satisfies Record<string, ReactNode>;

export type Shape = keyof typeof SHAPES;
