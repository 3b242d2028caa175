"""The command line: `rewardbox serve`, `score`, `run`, `doctor` and `verifiers`."""
