"""What the tests from outside share: a Tenon process, a lean HTTP connection, a tally of results."""
