"""One file per host of the REMIC functions, each generated from the registry and from nothing else."""
