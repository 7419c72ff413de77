/** How full, on a scale from 0 to 100 %. The number stands beside it, so it is hidden from readers of text. */
export function Meter({ value }: { value: number | null }) {
  const part = Math.min(Math.max((value ?? 0) / 100, 0), 1);
  return (
    <span className="meter" aria-hidden="true">
      <i style={{ transform: `scaleX(${part.toFixed(3)})` }} />
    </span>
  );
}
