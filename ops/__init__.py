"""Running it: the command line, the local stack, sandbox partners, migrations, policies, benchmarks."""
