export function Brand() {
  return (
    <span className="brand">
      <svg
        viewBox="0 0 20 20"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
        aria-hidden="true"
        focusable="false"
      >
        <path d="M3.2 14.5a8 8 0 1 1 13.6 0" />
        <path d="M10 11.2 13.6 6.4" />
        <circle cx="10" cy="11.5" r="1.1" fill="currentColor" stroke="none" />
      </svg>
      <span>HomelabCmd</span>
    </span>
  );
}
