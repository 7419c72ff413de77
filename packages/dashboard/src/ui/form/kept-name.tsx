/** A password manager keeps a password, and finds it again, under this name. Nobody sees the field or comes to it. */
export const KeptName = ({ name }: { readonly name: string }) => (
  <input
    className="sr"
    name="username"
    autoComplete="username"
    tabIndex={-1}
    aria-hidden
    readOnly
    value={name}
  />
);
