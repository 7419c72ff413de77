import { encode } from 'uqr';

/** The quiet zone that readers of such pictures want around it, in modules. */
const BORDER = 3;

/** A text as a picture for a camera: dark on light in every theme. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { ecc: 'M', border: BORDER });
  const path = data
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : '')))
    .join('');
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <path data-varies d={path} fill="currentColor" />
    </svg>
  );
}
