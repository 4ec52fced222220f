"""Counts what passed and what failed; the last line and the exit status follow from it."""
import sys
import time
import traceback


class Tally:
    def __init__(self, verbose=True):
        self.passed, self.failed, self.skipped = 0, [], []
        self.verbose = verbose

    def check(self, name, good, detail=""):
        """Counts one fact; a false one is printed with its detail."""
        if good:
            self.passed += 1
        else:
            self.failed.append(name)
            print("FAIL %s%s" % (name, ": %s" % (detail,) if detail != "" else ""), flush=True)
        return bool(good)

    def case(self, name, function, *arguments):
        """Runs one case: it passes unless it raises (Skipped: could not be run here, with the reason)."""
        started = time.monotonic()
        try:
            function(*arguments)
        except Skipped as reason:
            self.skipped.append(name)
            print("skipped %s: %s" % (name, reason), flush=True)
        except Exception as failure:
            self.failed.append(name)
            print("FAIL %s: %s: %s" % (name, type(failure).__name__, failure), flush=True)
            if not isinstance(failure, AssertionError):
                traceback.print_exc(limit=-6, file=sys.stdout)
            return False
        else:
            self.passed += 1
            if self.verbose:
                print("ok   %s (%.1f s)" % (name, time.monotonic() - started), flush=True)
        return True

    def finish(self):
        """Prints the last line and ends the program."""
        skipped = ", %d skipped" % len(self.skipped) if self.skipped else ""
        print("%d passed, %d failed%s" % (self.passed, len(self.failed), skipped), flush=True)
        sys.exit(1 if self.failed or not self.passed else 0)


class Skipped(Exception):
    pass
