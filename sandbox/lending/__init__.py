"""One pool for several processes: a keeper has it, and lends its runners to the others."""
