import { Link } from '@tanstack/react-router';
import { useNotAllowed } from '../../api/access/may.ts';
import { Icon } from '../../ui/glyphs/icon.tsx';

/** A hub that knows no server yet: what it is for, and what to do next. */
export function FirstRun() {
  const whyNot = useNotAllowed('enrolServer');
  return (
    <>
      <title>Fleet · HomelabCmd</title>
      <section className="hero">
        <h1 className="sentence">No servers yet.</h1>
      </section>
      <div className="first-run">
        <h2>Add your first server</h2>
        <p className="dim mt-1.5">
          Give it a name, and run one line on it. It appears here within a few seconds, and only reports until
          you allow more on the server itself.
        </p>
        <ol className="first-steps">
          <li>It needs Linux with systemd. No port is opened on it: its agent connects to this hub.</li>
          <li>Then say which of its services should run. Those that stop are shown here, with why.</li>
          <li>Where the server allows it, restart them from here. Nothing runs without an approval.</li>
        </ol>
        <p className="mt-5">
          {whyNot === null ? (
            <Link className="btn btn-go btn-lg" to="/add-server">
              <Icon name="plus" />
              Add server
            </Link>
          ) : (
            `${whyNot}.`
          )}
        </p>
      </div>
    </>
  );
}
