const WIDTHS = ['70%', '52%', '61%', '45%', '66%', '57%'];

/** Rows that are on their way, in the height that they will have. Shown after 200 ms only. */
export function RowSkeleton({ rows, label }: { rows: number; label: string }) {
  return (
    <div className="tbl late" role="status" aria-label={label}>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="tr grid-cols-[1rem_minmax(5rem,9rem)_1fr_repeat(3,minmax(2rem,5rem))]">
          <span className="skel is-dot" />
          <span className="skel" style={{ width: WIDTHS[index % WIDTHS.length] }} />
          <span />
          <span className="skel" />
          <span className="skel" />
          <span className="skel" style={{ width: '60%' }} />
        </div>
      ))}
    </div>
  );
}
